// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.features;

import dev.metalloc.profiler.api.TimePoint;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** How allocation rate and live bytes moved over a run. */
final class TimeLine {

    // Neighbouring moments are alike, so many of them would feign certainty; about thirty pieces do not.
    private static final int MAX_PIECES = 30;
    private static final double CONFIDENCE = 0.95;
    // A phase is a rise above three fifths of the peak followed by a fall below three tenths: noise seldom does both.
    private static final double HIGH_RATIO = 0.6;
    private static final double LOW_RATIO = 0.3;

    private final List<TimePoint> points;
    private final DescriptiveStatistics ratesPerSecond = new DescriptiveStatistics();

    TimeLine(List<TimePoint> points) {
        this.points = points;
        int pieces = Math.min(MAX_PIECES, points.size() - 1);
        for (int piece = 0; piece < pieces; piece++) {
            addRate(
                    points.get(piece * (points.size() - 1) / pieces),
                    points.get((piece + 1) * (points.size() - 1) / pieces));
        }
    }

    private void addRate(TimePoint from, TimePoint to) {
        long millis = to.elapsedMillis() - from.elapsedMillis();
        if (millis > 0) {
            ratesPerSecond.addValue((to.allocatedCount() - from.allocatedCount()) * 1000.0 / millis);
        }
    }

    double rateVariation() {
        return isKnown() ? ratesPerSecond.getStandardDeviation() / ratesPerSecond.getMean() : 0;
    }

    /** Half the confidence interval of the mean rate, as a part of it; 1 where there are too few points to tell. */
    double rateErrorRatio() {
        if (!isKnown()) {
            return 1;
        }
        long n = ratesPerSecond.getN();
        double quantile = new TDistribution((double) n - 1).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        return quantile * rateVariation() / Math.sqrt((double) n);
    }

    int phaseCount() {
        long peak = points.stream().mapToLong(TimePoint::liveBytes).max().orElse(0);
        boolean high = false;
        int phases = 0;
        for (TimePoint point : points) {
            if (!high && point.liveBytes() > HIGH_RATIO * peak) {
                high = true;
            } else if (high && point.liveBytes() < LOW_RATIO * peak) {
                high = false;
                phases++;
            }
        }
        return phases;
    }

    private boolean isKnown() {
        return ratesPerSecond.getN() >= 3 && ratesPerSecond.getMean() > 0;
    }
}
