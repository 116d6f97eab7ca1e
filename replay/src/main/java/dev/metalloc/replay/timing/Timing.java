// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.timing;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How long a subject takes.
 *
 * @param nanosPerEvent median over samples, and over copies of the code
 * @param nanosPerEventError half the median's 95 % confidence interval
 */
public record Timing(double nanosPerEvent, double nanosPerEventError) {

    private static final double CONFIDENCE = 0.95;
    // Of a normal distribution: standard deviation over median absolute deviation, and error of the median over that of
    // the mean.
    private static final double DEVIATION_SCALE = 1.4826;
    private static final double MEDIAN_SCALE = 1.2533;
    // Of a 95 % confidence interval of a mean in standard errors, half.
    private static final double WIDTH = 1.96;

    /** From samples, two or more: by median deviations, since what disturbs a machine disturbs a few samples by a lot. */
    public static Timing of(double[] samples) {
        double median = StatUtils.percentile(samples, 50);
        double[] deviations =
                Arrays.stream(samples).map(sample -> Math.abs(sample - median)).toArray();
        double quantile = new TDistribution(samples.length - 1.0).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        double deviation = DEVIATION_SCALE * StatUtils.percentile(deviations, 50);
        return new Timing(median, quantile * MEDIAN_SCALE * deviation / Math.sqrt(samples.length));
    }

    /**
     * Of several copies of the same code, one or more: the median, of two in the middle their geometric mean. What copies differ by, as by a quarter,
     * is part of the error.
     */
    public static Timing ofCopies(List<Timing> copies) {
        double[] logarithms = copies.stream()
                .mapToDouble(copy -> Math.log(copy.nanosPerEvent))
                .toArray();
        double squares = 0;
        for (Timing copy : copies) {
            squares += copy.nanosPerEventError * copy.nanosPerEventError;
        }
        double median = Math.exp(StatUtils.percentile(logarithms, 50));
        double between = copies.size() == 1 ? 0 : Math.sqrt(StatUtils.variance(logarithms) / copies.size());
        return new Timing(median, Math.hypot(Math.sqrt(squares) / copies.size(), WIDTH * between * median));
    }
}
