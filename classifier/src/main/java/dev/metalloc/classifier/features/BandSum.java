// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.features;

import dev.metalloc.profiler.api.BandProfile;
import java.util.List;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;

/** Adds bands up to features. Used once, by one thread. */
final class BandSum {

    // Two digits, as in the profile: adding cannot make them sharper.
    private static final int SIGNIFICANT_DIGITS = 2;

    private final List<BandProfile> bands;

    BandSum(List<BandProfile> bands) {
        this.bands = bands;
    }

    BandFeatures features(SizeCounts sizes, double durationSeconds, long unknownFreeCount, long peakLiveLimitBytes) {
        long allocations = sum(BandProfile::allocateCount);
        long frees = sum(BandProfile::freeCount);
        long lifo = sum(BandProfile::lifoFreeCount);
        long fifo = sum(BandProfile::fifoFreeCount);
        long random = sum(BandProfile::randomFreeCount);
        long bulk = sum(BandProfile::bulkFreeCount);
        long ordered = lifo + fifo + random + bulk;
        Histogram lifetimeNanos = histogram(true);
        Histogram lifetimeBytes = histogram(false);
        return new BandFeatures(
                bands.stream().mapToLong(BandProfile::minByteSize).min().orElse(0),
                bands.stream().mapToLong(BandProfile::maxByteSize).max().orElse(0),
                allocations,
                sum(BandProfile::allocateBytes),
                frees,
                allocations / durationSeconds,
                ratio(frees, allocations),
                ratio(sum(BandProfile::remoteFreeCount), frees),
                ratio(lifo, ordered),
                ratio(fifo, ordered),
                ratio(random, ordered),
                ratio(bulk, ordered),
                ratio(sum(BandProfile::growCount), allocations),
                ratio(sum(BandProfile::zeroedCount), allocations),
                ratio(sum(BandProfile::alignedCount), allocations),
                ratio(unknownFreeCount, frees + unknownFreeCount),
                bands.stream().mapToLong(BandProfile::maxByteAlignment).max().orElse(1),
                sizes,
                (double) lifetimeNanos.getValueAtPercentile(50),
                (double) lifetimeBytes.getValueAtPercentile(50),
                decades(lifetimeBytes),
                Math.min(sum(BandProfile::peakLiveBytes), peakLiveLimitBytes));
    }

    private long sum(ToLongFunction<BandProfile> part) {
        return bands.stream().mapToLong(part).sum();
    }

    private Histogram histogram(boolean nanos) {
        Histogram sum = new Histogram(SIGNIFICANT_DIGITS);
        for (BandProfile band : bands) {
            sum.add(nanos ? band.lifetimeNanos() : band.lifetimeBytes());
        }
        return sum;
    }

    private static double decades(Histogram lifetimes) {
        if (lifetimes.getTotalCount() == 0) {
            return 0;
        }
        double low = (double) Math.max(1, lifetimes.getValueAtPercentile(5));
        double high = (double) Math.max(1, lifetimes.getValueAtPercentile(95));
        return Math.log10(high / low);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : Math.min(1, (double) part / whole);
    }
}
