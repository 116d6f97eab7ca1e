// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.timing;

import java.util.Arrays;
import java.util.List;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;

/**
 * How long a subject takes.
 *
 * @param nanosPerEvent median over samples
 * @param nanosPerEventError half the median's 95 % confidence interval
 */
public record Timing(double nanosPerEvent, double nanosPerEventError) {

    private static final double CONFIDENCE = 0.95;
    // Of a normal distribution: standard deviation over median absolute deviation, and error of the median over that of
    // the mean.
    private static final double DEVIATION_SCALE = 1.4826;
    private static final double MEDIAN_SCALE = 1.2533;

    /** From samples, two or more: by median deviations, since what disturbs a machine disturbs a few samples by a lot. */
    public static Timing of(double[] samples) {
        double median = StatUtils.percentile(samples, 50);
        double[] deviations =
                Arrays.stream(samples).map(sample -> Math.abs(sample - median)).toArray();
        double quantile = new TDistribution(samples.length - 1.0).inverseCumulativeProbability((1 + CONFIDENCE) / 2);
        double deviation = DEVIATION_SCALE * StatUtils.percentile(deviations, 50);
        return new Timing(median, quantile * MEDIAN_SCALE * deviation / Math.sqrt(samples.length));
    }

    /** Of several copies of the same code, one or more: the geometric mean, since one copy may take a quarter longer than the next. */
    public static Timing ofCopies(List<Timing> copies) {
        double logarithms = 0;
        double squares = 0;
        for (Timing copy : copies) {
            logarithms += Math.log(copy.nanosPerEvent);
            squares += copy.nanosPerEventError * copy.nanosPerEventError;
        }
        return new Timing(Math.exp(logarithms / copies.size()), Math.sqrt(squares) / copies.size());
    }
}
