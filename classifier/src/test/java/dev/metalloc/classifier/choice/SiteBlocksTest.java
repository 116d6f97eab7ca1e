// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.classifier.TestProfile;
import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.LifetimeBuckets;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteBehaviour;
import org.junit.jupiter.api.Test;

class SiteBlocksTest {

    private static final long COUNT = 1_000_000;
    private static final long FREES = COUNT / 8;

    /** A site of an application whose blocks are freed newest first after a microsecond. */
    private static BandFeatures features(SiteBehaviour behaviour) {
        Profile profile = new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(64, COUNT, Order.LIFO, 1000, 50)
                .and()
                .site(EntryPoint.UNSAFE, "com.example.Queue", 64, COUNT / 4, 1L << 20, FREES, 0, behaviour)
                .build();
        return new SiteBlocks(profile.sites().getFirst(), profile.entryPoints().getFirst(), 10)
                .features()
                .all();
    }

    private static SiteBehaviour behaviour(long fifo, long unordered, long lived) {
        return new SiteBehaviour(
                0,
                fifo,
                0,
                0,
                unordered,
                unordered,
                unordered / 2,
                0,
                0,
                LifetimeBuckets.of(0, 0, 0, 0, 0, 0, 0, lived));
    }

    @Test
    void shouldTellTheSitesOwnOrderLifetimesAndReallocations() {
        BandFeatures own = features(behaviour(FREES / 2, FREES / 2, FREES));
        assertEquals(1, own.fifoFreeRatio());
        assertEquals(0, own.lifoFreeRatio());
        assertEquals(0.5, own.freeRatio(), 0.01);
        assertEquals(0.125, own.growRatio(), 0.01, "a quarter of the frees, which are half of the blocks");
        double middle = (double) LifetimeBuckets.middleNanos(7);
        assertEquals(middle, own.lifetimeNanosMedian(), 0.02 * middle);
    }

    @Test
    void shouldTakeTheApplicationsWhereTheProfileDoesNotKnow() {
        BandFeatures unknown = features(SiteBehaviour.UNKNOWN);
        assertEquals(1, unknown.lifoFreeRatio());
        assertEquals(1000, unknown.lifetimeNanosMedian(), 20);
        assertEquals(0, unknown.growRatio());
        BandFeatures mostlyUnknown = features(behaviour(FREES / 4, FREES / 8, FREES * 3 / 8));
        assertEquals(1, mostlyUnknown.lifoFreeRatio(), "merged with profiles of before, which saw more");
        assertEquals(1000, mostlyUnknown.lifetimeNanosMedian(), 20);
    }

    @Test
    void shouldTakeTheApplicationsOrderWhereNoneCouldBeTold() {
        BandFeatures unordered = features(behaviour(0, FREES, FREES));
        assertEquals(1, unordered.lifoFreeRatio());
        double middle = (double) LifetimeBuckets.middleNanos(7);
        assertEquals(middle, unordered.lifetimeNanosMedian(), 0.02 * middle);
    }
}
