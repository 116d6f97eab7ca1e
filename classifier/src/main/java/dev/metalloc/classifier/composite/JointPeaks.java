// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.RangePeaks;
import java.util.HashMap;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What some bands held together at their common peak: what neighbours were seen to hold, else as far as each band's own peak and that of all of
 * them tell.
 *
 * <p>Immutable.
 */
/* Implementation notes
 *
 * Let P be some of the bands. What they held together at most is no less than the most that one of them held, nor than the peak of
 * all less what the others could have held; and it is no more than the sum of their own peaks, nor than the peak of all.
 */
final class JointPeaks {

    // Where between both bounds: bands that peak together are as frequent as bands that take turns, and too much is the
    // safer error.
    private static final double BETWEEN = 0.75;

    private final Map<Integer, Double> own = new HashMap<>();
    private final double ownSum;
    private final double total;
    private final double unseen;
    private final RangePeaks ranges;

    JointPeaks(List<BandProfile> bands, long peakLiveBytes, RangePeaks ranges) {
        this.ranges = ranges;
        double seen = 0;
        double most = peakLiveBytes;
        for (BandProfile band : bands) {
            // Peaks are looked for now and then; but a block as large as the largest lived.
            double peak = Math.max(band.peakLiveBytes(), band.maxByteSize());
            own.put(band.log2(), peak);
            seen += peak;
            most = Math.max(most, peak);
        }
        total = most;
        unseen = seen == 0 ? 1 : Math.max(1, total / seen);
        own.replaceAll((band, peak) -> peak * unseen);
        ownSum = seen * unseen;
    }

    double own(BandProfile band) {
        return own.getOrDefault(band.log2(), 0.0);
    }

    double ownSum(List<BandProfile> bands) {
        return bands.stream().mapToDouble(this::own).sum();
    }

    double of(List<BandProfile> bands) {
        double sum = ownSum(bands);
        double most = bands.stream().mapToDouble(this::own).max().orElse(0);
        double least = Math.max(most, total - (ownSum - sum));
        double bound = Math.max(least, Math.min(sum, total));
        OptionalLong seen = seen(bands);
        return seen.isPresent()
                ? Math.clamp(unseen * seen.getAsLong(), least, bound)
                : least + BETWEEN * (bound - least);
    }

    /** What the bands were seen to hold, where they are neighbours. */
    private OptionalLong seen(List<BandProfile> bands) {
        IntSummaryStatistics log2s = bands.stream().mapToInt(BandProfile::log2).summaryStatistics();
        long between = own.keySet().stream()
                .filter(log2 -> log2 >= log2s.getMin() && log2 <= log2s.getMax())
                .count();
        return between == bands.size() ? ranges.of(log2s.getMin(), log2s.getMax()) : OptionalLong.empty();
    }
}
