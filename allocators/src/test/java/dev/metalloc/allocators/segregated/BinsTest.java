// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BinsTest {

    @Test
    void shouldMapSizesMonotonically() {
        int previous = 0;
        for (int granules = 1; granules < 1 << 22; granules++) {
            int bin = Bins.of(granules);
            assertTrue(bin == previous || bin == previous + 1, "granules " + granules);
            previous = bin;
        }
        assertEquals(Bins.COUNT - 64, Bins.of(1 << 30));
        assertTrue(Bins.of(Integer.MAX_VALUE) < Bins.COUNT);
    }

    @Test
    void shouldRoundUpToTheLowerBoundOfABin() {
        for (int granules = 1; granules < 1 << 20; granules++) {
            int rounded = Bins.roundUp(granules);
            assertTrue(rounded >= granules && (rounded - granules) * 64L <= rounded, "granules " + granules);
            assertEquals(rounded, Bins.roundUp(rounded));
            assertTrue(rounded == 1 || Bins.of(rounded - 1) < Bins.of(rounded), "granules " + granules);
        }
    }
}
