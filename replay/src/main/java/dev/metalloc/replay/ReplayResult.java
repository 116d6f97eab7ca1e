// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

/**
 * What one allocator did with one trace.
 *
 * @param trace the trace's name, without the ending of its file
 * @param allocator the subject's label
 * @param absence why nothing was measured; empty where something was
 * @param recordBytes of our allocators' own records off the Java heap, which are not in the peak
 * @param chosen what auto picked, in words; empty for others
 * @param parameters the allocator as it can be asked for again
 */
public record ReplayResult(
        String trace,
        String allocator,
        long events,
        double nanosPerEvent,
        double nanosPerEventError,
        long peakBytes,
        long peakRequestedBytes,
        long wasteAtPeakBytes,
        long recordBytes,
        String chosen,
        String parameters,
        String absence) {

    boolean isAbsent() {
        return !absence.isEmpty();
    }

    /** Held at the peak, beyond what was requested then, as a part of what was held. */
    double fragmentation() {
        return peakBytes == 0 ? 0 : 1 - (double) peakRequestedBytes / peakBytes;
    }
}
