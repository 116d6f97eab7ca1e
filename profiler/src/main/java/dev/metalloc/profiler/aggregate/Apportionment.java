// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

/** Splits a whole number into whole parts in proportion to estimates. */
final class Apportionment {
    private Apportionment() {}

    /**
     * Parts that add up to total, none above its cap.
     *
     * @param estimates not negative; where all are 0, the caps are taken in their place
     * @param total not above the sum of the caps
     */
    static long[] split(long total, double[] estimates, long[] caps) {
        double[] shares = new double[caps.length];
        double open = total;
        boolean[] capped = new boolean[caps.length];
        boolean again = true;
        while (again) {
            again = false;
            double sum = sumOfOpen(estimates, capped);
            double capSum = sumOfOpen(caps, capped);
            for (int i = 0; i < caps.length; i++) {
                if (!capped[i]) {
                    double part = sum > 0 ? estimates[i] / sum : capSum > 0 ? caps[i] / capSum : 0;
                    shares[i] = open * part;
                }
            }
            for (int i = 0; i < caps.length; i++) {
                if (!capped[i] && shares[i] > caps[i]) {
                    shares[i] = caps[i];
                    capped[i] = true;
                    open -= caps[i];
                    again = true;
                }
            }
        }
        return whole(shares);
    }

    /** Rounds the running sum, so that the parts' sum is the rounded sum of the shares. */
    private static long[] whole(double[] shares) {
        long[] parts = new long[shares.length];
        double sum = 0;
        long given = 0;
        for (int i = 0; i < shares.length; i++) {
            sum += shares[i];
            parts[i] = Math.round(sum) - given;
            given += parts[i];
        }
        return parts;
    }

    private static double sumOfOpen(double[] values, boolean[] capped) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += capped[i] ? 0 : values[i];
        }
        return sum;
    }

    private static double sumOfOpen(long[] values, boolean[] capped) {
        double sum = 0;
        for (int i = 0; i < values.length; i++) {
            sum += capped[i] ? 0 : values[i];
        }
        return sum;
    }
}
