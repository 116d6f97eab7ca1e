// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class QuickSizesTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64})
    void shouldRoundEachSizeUpToTheLeastThatHoldsIt(int spacing) {
        QuickSizes sizes = new QuickSizes(spacing);
        int index = 0;
        for (int granules = 1; granules <= sizes.largest(); granules++) {
            if (granules > sizes.granules(index)) {
                index++;
            }
            assertEquals(index, sizes.indexOf(granules), "granules " + granules);
            int rounded = sizes.granules(index);
            assertTrue(rounded >= granules && (rounded - granules) * spacing < rounded, "granules " + granules);
            assertEquals(rounded, Bins.roundUp(rounded), "a node of its bin holds it");
        }
        assertEquals(index, sizes.count() - 1);
        assertTrue(sizes.count() <= BlockTags.MOST_NUMBERS, "a number fits beside its mark");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4, 8})
    void shouldReachSixtyFourKibibytesWhereNumbersSuffice(int spacing) {
        assertEquals(4096, new QuickSizes(spacing).largest());
    }

    @Test
    void shouldServeItsOwnSizesExactlyAndAllOthersByTheNextThatHoldsThem() {
        QuickSizes sizes = new QuickSizes(4, new long[] {144, 1040, 1040, 5000, 65_536});
        for (int granules = 1; granules <= sizes.largest(); granules++) {
            int index = sizes.indexOf(granules);
            assertTrue(sizes.granules(index) >= granules, "granules " + granules);
            assertTrue(index == 0 || sizes.granules(index - 1) < granules, "granules " + granules);
            assertEquals(sizes.granules(index), Bins.roundUp(sizes.granules(index)), "a node of its bin holds it");
        }
        assertEquals(9, sizes.granules(sizes.indexOf(9)));
        assertEquals(65, sizes.granules(sizes.indexOf(65)));
        assertEquals(Bins.roundUp(313), sizes.granules(sizes.indexOf(313)));
        assertEquals(new QuickSizes(4).count() + 3, sizes.count());
    }

    @Test
    void shouldRefuseMoreSizesThanThereAreNumbers() {
        long[] many = new long[60];
        for (int i = 0; i < many.length; i++) {
            many[i] = 16L * (129 + 2 * i);
        }
        assertThrows(IllegalArgumentException.class, () -> new QuickSizes(8, many));
    }

    @Test
    void shouldRefuseASizeThatNoListHas() {
        assertThrows(IllegalArgumentException.class, () -> new QuickSizes(8, new long[] {(1 << 20) + 1}));
    }

    @Test
    void shouldNumberLargeSizesOfItsOwnAndWhatComesClose() {
        QuickSizes sizes = new QuickSizes(4, new long[] {100 << 10, 1 << 20});
        int own = (100 << 10) >>> 4;
        assertTrue(sizes.isNumbered(own));
        assertEquals(own, sizes.granules(sizes.indexOf(own)));
        assertEquals(own, sizes.granules(sizes.indexOf(own - own / 10)));
        assertFalse(sizes.isNumbered(own - own / 8), "would waste more than an eighth");
        assertFalse(sizes.isNumbered(own + 1));
        assertEquals(sizes.count(), sizes.indexOf(own + 1));
        assertTrue(sizes.isNumbered(65_536));
        assertFalse(sizes.isNumbered(65_537));
        for (int granules = 1; granules <= 4096; granules++) {
            assertTrue(sizes.isNumbered(granules));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {70_000, 100 << 10, 130_001, 463_104, 700_000, 1 << 20})
    void shouldNumberASizeJustAsWhatItIsRoundedTo(long ownByteSize) {
        QuickSizes sizes = new QuickSizes(4, new long[] {144, ownByteSize});
        for (int granules = 1; granules <= sizes.largest(); granules++) {
            int rounded = Bins.roundUp(granules);
            assertEquals(sizes.indexOf(granules), sizes.indexOf(rounded), "granules " + granules);
        }
    }
}
