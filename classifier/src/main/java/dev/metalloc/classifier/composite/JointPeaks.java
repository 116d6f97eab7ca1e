// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.profiler.api.BandProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What some bands held together at their common peak, as far as each band's own peak and that of all of them tell.
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

    JointPeaks(List<BandProfile> bands, long peakLiveBytes) {
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
        double unseen = seen == 0 ? 1 : Math.max(1, total / seen);
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
        return least + BETWEEN * Math.max(0, Math.min(sum, total) - least);
    }
}
