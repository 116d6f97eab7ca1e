// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.features;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.classifier.TestProfile;
import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SizeCountsTest {

    @Test
    void shouldTellPowersOfTwoFromTheLargerSizesInTheirCell() {
        Profile profile = new TestProfile(1)
                .at(EntryPoint.UNSAFE)
                .blocks(4000, 5, Order.LIFO, 1, 1)
                .blocks(4096, 30, Order.LIFO, 1, 1)
                .blocks(4100, 7, Order.LIFO, 1, 1)
                .build();

        SizeCounts sizes = SizeCounts.of(profile.entryPoints().get(0));

        assertEquals(42, sizes.totalCount());
        assertEquals(30, sizes.within(4096, 4096).totalCount());
        assertEquals(7, sizes.within(4097, 8192).totalCount());
        assertEquals(4100, sizes.byteSize(sizes.size() - 1));
        assertEquals(30 / 42.0, sizes.powerOfTwoShare(), 1e-9);
    }

    @Test
    void shouldCountCoverAndRound() {
        SizeCounts sizes = SizeCounts.of(Map.of(0L, 1L, 10L, 90L, 17L, 5L, 32L, 4L));

        assertEquals(0.9, sizes.topShare(), 1e-9);
        assertEquals(1, sizes.sizesCovering(0.9));
        assertEquals(2, sizes.sizesCovering(0.95));
        SizeCounts rounded = sizes.roundedUp(16);
        assertEquals(2, rounded.size());
        assertEquals(91, rounded.count(0));
        assertEquals(32, rounded.byteSize(1));
    }
}
