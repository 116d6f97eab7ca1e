// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.Map;
import java.util.TreeMap;

/**
 * How alike two profiles of one entry point are.
 *
 * @param sizes overlap of the bands' shares of the allocations, 0..1
 * @param peak the lower of the two peaks of live bytes, over the higher
 * @param lifetimes overlap of lifetimes in powers of ten of bytes, each band as its allocations weigh, 0..1
 */
public record Likeness(double sizes, double peak, double lifetimes) {

    private static final double[] PERCENTILES = {10, 30, 50, 70, 90};
    // A lifetime ten times as long is nothing alike.
    private static final double UNLIKE_DECADES = 1;

    public static Likeness of(EntryPointProfile a, EntryPointProfile b) {
        Map<Integer, BandProfile> others = new TreeMap<>();
        b.bands().forEach(band -> others.put(band.log2(), band));
        double sizes = 0;
        double lifetimes = 0;
        double weight = 0;
        for (BandProfile band : a.bands()) {
            BandProfile other = others.get(band.log2());
            if (other != null) {
                double share = Math.min(share(band, a), share(other, b));
                sizes += share;
                if (band.lifetimeBytes().getTotalCount() > 0
                        && other.lifetimeBytes().getTotalCount() > 0) {
                    weight += share;
                    lifetimes += share * lifetimes(band, other);
                }
            }
        }
        double high = Math.max(1, (double) Math.max(a.peakLiveBytes(), b.peakLiveBytes()));
        double low = Math.max(1, (double) Math.min(a.peakLiveBytes(), b.peakLiveBytes()));
        return new Likeness(sizes, low / high, weight == 0 ? 1 : lifetimes / weight);
    }

    /** The least of the three. */
    public double overall() {
        return Math.min(sizes, Math.min(peak, lifetimes));
    }

    private static double share(BandProfile band, EntryPointProfile of) {
        return (double) band.allocateCount() / Math.max(1, of.allocateCount());
    }

    private static double lifetimes(BandProfile a, BandProfile b) {
        double sum = 0;
        for (double percentile : PERCENTILES) {
            double first = Math.max(1, (double) a.lifetimeBytes().getValueAtPercentile(percentile));
            double second = Math.max(1, (double) b.lifetimeBytes().getValueAtPercentile(percentile));
            sum += Math.max(0, 1 - Math.abs(Math.log10(first / second)) / UNLIKE_DECADES);
        }
        return sum / PERCENTILES.length;
    }
}
