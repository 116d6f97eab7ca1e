// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.BandProfile;
import java.util.List;
import org.junit.jupiter.api.Test;

class JointPeaksTest {

    private final BandProfile small = BandMaker.band(33, 64, 1000, 40_000);
    private final BandProfile medium = BandMaker.band(513, 1024, 1000, 50_000);
    private final BandProfile large = BandMaker.band(4097, 8192, 1000, 30_000);

    @Test
    void shouldHoldThePeakOfAllWhereAllAreTogether() {
        JointPeaks peaks = new JointPeaks(List.of(small, medium, large), 100_000);

        assertEquals(100_000, peaks.of(List.of(small, medium, large)), 1e-6);
        assertEquals(120_000, peaks.ownSum(List.of(small, medium, large)), 1e-6);
    }

    @Test
    void shouldHoldABandsOwnPeakWhereItIsAlone() {
        JointPeaks peaks = new JointPeaks(List.of(small, medium, large), 100_000);

        assertEquals(40_000, peaks.of(List.of(small)), 1e-6);
        assertEquals(50_000, peaks.of(List.of(medium)), 1e-6);
    }

    @Test
    void shouldHoldSomeBandsBetweenWhatTheOthersLeaveAndTheirSum() {
        JointPeaks peaks = new JointPeaks(List.of(small, medium, large), 100_000);

        double both = peaks.of(List.of(small, medium));

        assertTrue(both > 70_000 && both < 90_000, "both " + both);
    }

    @Test
    void shouldTakeMoreWherePeaksWereSeenTooLow() {
        JointPeaks peaks = new JointPeaks(List.of(small, medium, large), 240_000);

        assertEquals(80_000, peaks.own(small), 1e-6);
        assertEquals(240_000, peaks.of(List.of(small, medium, large)), 1e-6);
    }

    @Test
    void shouldKnowThatTheLargestBlockLived() {
        BandProfile unseen = BandMaker.band(1 << 20, 1 << 20, 3, 0);

        assertEquals(1 << 20, new JointPeaks(List.of(small, unseen), 40_000).own(unseen), 1e-6);
    }
}
