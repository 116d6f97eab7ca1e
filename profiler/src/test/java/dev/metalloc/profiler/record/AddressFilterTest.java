// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AddressFilterTest {
    private static final int BLOCKS = 6_000;

    private final AddressFilter filter = AddressFilter.empty();
    private final SplittableRandom random = new SplittableRandom(5);

    private long address() {
        return random.nextLong(1L << 43) << 4;
    }

    /** Whatever comes and goes, what is there is never ruled out. */
    @Test
    void shouldHoldWhatIsThere() {
        Set<Long> there = new HashSet<>();
        long[] order = new long[BLOCKS];
        for (int i = 0; i < 20 * BLOCKS; i++) {
            int place = random.nextInt(BLOCKS);
            if (order[place] != 0) {
                there.remove(order[place]);
                filter.remove(order[place]);
            }
            order[place] = address();
            if (there.add(order[place])) {
                filter.add(order[place]);
            } else {
                order[place] = 0;
            }
            if (i % BLOCKS == 0) {
                there.forEach(each -> assertTrue(filter.mayHold(each)));
            }
        }
        there.forEach(filter::remove);
        int left = 0;
        for (long word : filter.occupied()) {
            left += Long.bitCount(word);
        }
        assertEquals(1, left, "that of null");
    }

    /** One in six cells has a block or more; of those with one, the byte of the hash tells most others. */
    @Test
    void shouldRuleMostOthersOut() {
        for (int i = 0; i < BLOCKS; i++) {
            filter.add(address());
        }
        long looked = 0;
        int held = 0;
        for (int i = 0; i < 100_000; i++) {
            long other = address();
            looked += AddressFilter.bit(filter.occupied(), other);
            held += filter.mayHold(other) ? 1 : 0;
        }
        assertTrue(looked > 13_000 && looked < 21_000, looked + " cells with blocks");
        assertTrue(held < 2_500, held + " not ruled out");
    }

    @Test
    void shouldNeverRuleNullOut() {
        assertTrue(filter.mayHold(0));
        assertFalse(filter.mayHold(4096));
    }
}
