// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import java.util.OptionalLong;

/**
 * What has to be known of a recorder to read its counts.
 *
 * @param fromTheStart whether it was there before the application's first allocation
 * @param nanosPerEvent what recording one event cost a thread of the application; 0 where nobody measured it
 * @param nanosPerQuickEvent the same where blocks are counted in the application's compiled code: those of Unsafe and of confined arenas
 * @param backgroundNanos time that the profiler's own thread was at work
 * @param heldBytes memory held beside the recorder, by a trace
 * @param heapHeldBytes the most that the C library's heaps were seen to hold, if anybody looked
 */
public record RecordingTerms(
        boolean fromTheStart,
        double nanosPerEvent,
        double nanosPerQuickEvent,
        long backgroundNanos,
        long heldBytes,
        OptionalLong heapHeldBytes) {

    /** There from the start, cost unknown. */
    public static final RecordingTerms FROM_THE_START = new RecordingTerms(true, 0, 0, 0, 0, OptionalLong.empty());
}
