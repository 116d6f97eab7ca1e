// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.cost.BlockCosts;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.BandProfile;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScatteredCostTest {

    private static final long NEAR = 300_000;
    private static final long FAR = 20_000_000;

    private final BlockCosts costs = new BlockCosts(CostModel.shipped());
    // Half of what was allocated is live at the peak: it was made, and is dropped, all at once.
    private final List<BandProfile> bands = List.of(BandMaker.band(33, 64, 100_000, 3_200_000));

    private double nanos(String variant, long liveBytes) {
        return costs.nanos(variant, bands, 0, liveBytes);
    }

    @Test
    void shouldPayForOrderWhereBlocksComeBackAsTheyWereFreed() {
        assertTrue(nanos("segregated", FAR) > nanos("segregated", NEAR));
        assertTrue(nanos("buddy", FAR) > nanos("buddy", NEAR));
        assertEquals(nanos("slab", NEAR), nanos("slab", FAR), "slabs hand out neighbours");
    }

    @Test
    void shouldPayNothingWhereAllStaysInCaches() {
        assertEquals(nanos("segregated", 1), nanos("segregated", NEAR));
    }
}
