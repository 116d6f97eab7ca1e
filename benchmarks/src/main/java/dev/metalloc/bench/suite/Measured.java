// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.suite;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What was measured of one subject in one row: figures of single iterations, over all JVMs it ran in.
 *
 * @param benchmark name of the benchmark's method or group
 * @param byteSize its size parameter, or empty where it has none
 * @param nanos nanoseconds per operation
 * @param heapBytes bytes of Java heap per operation; empty where they were not recorded
 */
record Measured(
        String benchmark, String byteSize, int threads, String subject, List<Double> nanos, List<Double> heapBytes) {

    double medianNanos() {
        return median(nanos);
    }

    double medianHeapBytes() {
        return median(heapBytes);
    }

    static double median(List<Double> figures) {
        if (figures.isEmpty()) {
            return Double.NaN;
        }
        List<Double> sorted = new ArrayList<>(figures);
        Collections.sort(sorted);
        int middle = sorted.size() / 2;
        return sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
    }

    boolean isSameAs(Measured other) {
        return isSameRowAs(other) && subject.equals(other.subject);
    }

    boolean isSameRowAs(Measured other) {
        return benchmark.equals(other.benchmark) && byteSize.equals(other.byteSize) && threads == other.threads;
    }

    /** Figures of both, as of one. */
    Measured and(Measured other) {
        return new Measured(
                benchmark, byteSize, threads, subject, joined(nanos, other.nanos), joined(heapBytes, other.heapBytes));
    }

    private static List<Double> joined(List<Double> some, List<Double> more) {
        List<Double> all = new ArrayList<>(some);
        all.addAll(more);
        return List.copyOf(all);
    }
}
