// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import org.apache.commons.math3.analysis.interpolation.LinearInterpolator;
import org.apache.commons.math3.analysis.polynomials.PolynomialSplineFunction;

/** Cost by size, straight between measured points on logarithmic axes; beyond the largest as the nearest pair goes on, but no steeper than in proportion. */
final class CostCurve {

    private final double[] logSizes;
    private final double[] logNanos;
    private final PolynomialSplineFunction line;

    private CostCurve(double[] logSizes, double[] logNanos) {
        this.logSizes = logSizes;
        this.logNanos = logNanos;
        this.line = new LinearInterpolator().interpolate(logSizes, logNanos);
    }

    /**
     * Reads {@code 16:30 64:32}.
     *
     * @throws IllegalArgumentException where there are fewer than two points, or they do not rise in size
     */
    static CostCurve parse(String text) {
        String[] points = text.trim().split("\\s+", -1);
        double[] sizes = new double[points.length];
        double[] nanos = new double[points.length];
        for (int i = 0; i < points.length; i++) {
            String[] point = points[i].split(":", -1);
            if (point.length != 2) {
                throw new IllegalArgumentException(points[i] + " (expected: byteSize:nanos)");
            }
            sizes[i] = Math.log(positive(point[0]));
            nanos[i] = Math.log(positive(point[1]));
            if (i > 0 && sizes[i] <= sizes[i - 1]) {
                throw new IllegalArgumentException(points[i] + " (expected: sizes in rising order)");
            }
        }
        if (points.length < 2) {
            throw new IllegalArgumentException(text + " (expected: two points or more)");
        }
        return new CostCurve(sizes, nanos);
    }

    private static double positive(String text) {
        double value = Double.parseDouble(text);
        if (!(value > 0)) {
            throw new IllegalArgumentException(text + " (expected: a number above 0)");
        }
        return value;
    }

    double nanos(double byteSize) {
        double logSize = Math.log(Math.max(1, byteSize));
        int last = logSizes.length - 1;
        if (logSize <= logSizes[0]) {
            // Below the smallest point nothing gets cheaper: a call is a call.
            return Math.exp(logNanos[0]);
        }
        if (logSize >= logSizes[last]) {
            double slope = (logNanos[last] - logNanos[last - 1]) / (logSizes[last] - logSizes[last - 1]);
            // Between two points a cache may end or a mapping begin; beyond that a byte costs what the byte before it
            // cost.
            return Math.exp(logNanos[last] + Math.min(1, slope) * (logSize - logSizes[last]));
        }
        return Math.exp(line.value(logSize));
    }
}
