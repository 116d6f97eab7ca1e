// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.Arrays;
import java.util.Random;
import org.HdrHistogram.Histogram;

/**
 * The phases of a program, as far as a profile lets them be guessed: blocks that live long begin when a phase does, and end with it.
 *
 * <p>Immutable.
 */
/* Implementation notes
 *
 * Were lifetimes in no order, a program that frees all of its blocks at its end would seem to hold half of what it holds. A phase is as long as the
 * longest lifetimes that matter, and the last one ends with the program. How many of a band's blocks go by phases follows from how much it held at its
 * peak: it lies between what lifetimes in no order would leave and what those that fall within each phase would.
 */
final class Phases {

    private static final long SEED = 7;
    private static final int SIMULATED_BLOCKS = 1000;
    private static final double LONGEST_PERCENTILE = 99;
    // What less of the bytes are of tells nothing.
    private static final double LEAST_SHARE = 0.02;

    private final double phaseBytes;
    private final double[] ownBytes;

    private Phases(double phaseBytes, double[] ownBytes) {
        this.phaseBytes = phaseBytes;
        this.ownBytes = ownBytes;
    }

    /**
     * Those of an entry point.
     *
     * @param part of the blocks that is generated
     * @param threadShares of the allocations
     */
    static Phases of(EntryPointProfile entryPoint, double part, double[] threadShares) {
        double all = part * (double) entryPoint.allocateBytes();
        double longest = 1;
        for (BandProfile band : entryPoint.bands()) {
            if (band.lifetimeBytes().getTotalCount() > 0
                    && (double) band.freedBytes() >= LEAST_SHARE * (double) entryPoint.allocateBytes()) {
                longest = Math.max(longest, (double) band.lifetimeBytes().getValueAtPercentile(LONGEST_PERCENTILE));
            }
        }
        double[] ownBytes = Arrays.stream(threadShares)
                .map(share -> Math.max(1, share * all))
                .toArray();
        double most = Arrays.stream(ownBytes).max().orElse(1);
        return new Phases(Math.min(longest, most), ownBytes);
    }

    /** How much of the thread's phase is over: 0 when it begins, below 1 when it ends. */
    double position(int thread, double clockBytes) {
        double offset = phaseBytes - ownBytes[thread] % phaseBytes;
        return (clockBytes + offset) % phaseBytes / phaseBytes;
    }

    /** The share of a band's blocks whose lifetimes fall within each phase, so that it holds what it did at its peak. */
    double phasedRatio(BandProfile band, double part) {
        if (band.lifetimeBytes().getTotalCount() == 0) {
            return 0;
        }
        double held = (double) band.peakLiveBytes() / Math.max(1, part * (double) band.allocateBytes());
        double inNoOrder = heldRatio(band, false);
        double falling = heldRatio(band, true);
        return falling <= inNoOrder ? 0 : Math.clamp((held - inNoOrder) / (falling - inNoOrder), 0.0, 1.0);
    }

    /** What a band's blocks would hold at once, of all its bytes, if all were of one size. */
    private double heldRatio(BandProfile band, boolean falling) {
        Random random = new Random(SEED);
        Histogram lifetimes = band.lifetimeBytes();
        double whole = Arrays.stream(ownBytes).max().orElse(1);
        double freedRatio = (double) band.freeCount() / Math.max(1, band.allocateCount());
        double[] ends = new double[SIMULATED_BLOCKS];
        for (int i = 0; i < SIMULATED_BLOCKS; i++) {
            double from = whole * i / SIMULATED_BLOCKS;
            double position = (from + phaseBytes - whole % phaseBytes) % phaseBytes / phaseBytes;
            double quantile = falling ? 1 - position : random.nextDouble();
            ends[i] = random.nextDouble() < freedRatio
                    ? from + (double) lifetimes.getValueAtPercentile(100 * quantile)
                    : Double.POSITIVE_INFINITY;
        }
        Arrays.sort(ends);
        int ended = 0;
        int most = 0;
        for (int i = 0; i < SIMULATED_BLOCKS; i++) {
            while (ended < i && ends[ended] < whole * i / SIMULATED_BLOCKS) {
                ended++;
            }
            most = Math.max(most, i + 1 - ended);
        }
        return (double) most / SIMULATED_BLOCKS;
    }
}
