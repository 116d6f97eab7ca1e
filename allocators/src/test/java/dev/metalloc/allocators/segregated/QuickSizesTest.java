// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
}
