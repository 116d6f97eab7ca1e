// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import java.util.List;

/**
 * What compositions show on a workload that was made from the profile.
 *
 * <p>Confined.
 */
public interface WorkloadReplay {

    /** Bytes committed at the peak; infinitely many where the composition cannot serve the workload. */
    double peakBytes(Composition composition);

    /** How long compositions take, in their order, all measured together; none where time is not measured. */
    List<MeasuredNanos> nanosPerEvent(List<Composition> compositions);

    /**
     * A time.
     *
     * @param nanos for an event
     * @param error half a 95 % interval
     */
    record MeasuredNanos(double nanos, double error) {}
}
