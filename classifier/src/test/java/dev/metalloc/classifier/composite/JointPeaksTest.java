// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.RangePeaks;
import java.util.List;
import org.junit.jupiter.api.Test;

class JointPeaksTest {

    private final BandProfile small = BandMaker.band(33, 64, 1000, 40_000);
    private final BandProfile medium = BandMaker.band(513, 1024, 1000, 50_000);
    private final BandProfile large = BandMaker.band(4097, 8192, 1000, 30_000);

    @Test
    void shouldHoldThePeakOfAllWhereAllAreTogether() {
        JointPeaks peaks = new JointPeaks(List.of(small, medium, large), 100_000, RangePeaks.UNKNOWN);

        assertEquals(100_000, peaks.of(List.of(small, medium, large)), 1e-6);
        assertEquals(120_000, peaks.ownSum(List.of(small, medium, large)), 1e-6);
    }

    @Test
    void shouldHoldABandsOwnPeakWhereItIsAlone() {
        JointPeaks peaks = new JointPeaks(List.of(small, medium, large), 100_000, RangePeaks.UNKNOWN);

        assertEquals(40_000, peaks.of(List.of(small)), 1e-6);
        assertEquals(50_000, peaks.of(List.of(medium)), 1e-6);
    }

    @Test
    void shouldHoldSomeBandsBetweenWhatTheOthersLeaveAndTheirSum() {
        JointPeaks peaks = new JointPeaks(List.of(small, medium, large), 100_000, RangePeaks.UNKNOWN);

        double both = peaks.of(List.of(small, medium));

        assertTrue(both > 70_000 && both < 90_000, "both " + both);
    }

    @Test
    void shouldTakeMoreWherePeaksWereSeenTooLow() {
        JointPeaks peaks = new JointPeaks(List.of(small, medium, large), 240_000, RangePeaks.UNKNOWN);

        assertEquals(80_000, peaks.own(small), 1e-6);
        assertEquals(240_000, peaks.of(List.of(small, medium, large)), 1e-6);
    }

    @Test
    void shouldKnowThatTheLargestBlockLived() {
        BandProfile unseen = BandMaker.band(1 << 20, 1 << 20, 3, 0);

        assertEquals(1 << 20, new JointPeaks(List.of(small, unseen), 40_000, RangePeaks.UNKNOWN).own(unseen), 1e-6);
    }

    @Test
    void shouldHoldWhatNeighboursWereSeenToHold() {
        List<BandProfile> all = List.of(small, medium, large);
        RangePeaks seen = new RangePeaks(
                all.stream().map(BandProfile::log2).toList(),
                List.of(40_000L, 72_000L, 100_000L, 50_000L, 79_000L, 30_000L));
        JointPeaks peaks = new JointPeaks(all, 100_000, seen);

        assertEquals(72_000, peaks.of(List.of(small, medium)), 1e-6);
        assertEquals(79_000, peaks.of(List.of(medium, large)), 1e-6);
        assertEquals(100_000, peaks.of(all), 1e-6);
        assertEquals(120_000, peaks.ownSum(all), 1e-6);
        double apart = peaks.of(List.of(small, large));
        assertTrue(apart > 50_000 && apart < 70_000, "no neighbours " + apart);
        // Where the peak of all is the sum of theirs, nothing seen in between can be the peak.
        assertEquals(180_000, new JointPeaks(all, 240_000, seen).of(List.of(small, medium)), 1e-6);
    }
}
