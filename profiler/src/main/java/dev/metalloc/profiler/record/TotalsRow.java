// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** The layout of the one row of a snapshot that speaks of the whole JVM. */
public final class TotalsRow {
    public static final int ELAPSED_NANOS = 0;
    public static final int PEAK_LIVE_BYTES = 1;
    public static final int THREAD_COUNT = 2;
    public static final int ENDED_THREAD_COUNT = 3;
    public static final int MAX_ALIVE_THREAD_COUNT = 4;
    public static final int HELD_BYTES = 5;
    public static final int STACK_SAMPLE_COUNT = 6;
    public static final int STACK_SAMPLE_NANOS = 7;
    public static final int DROPPED_BLOCK_COUNT = 8;
    public static final int DROPPED_SAMPLE_COUNT = 9;
    /** The most that was seen to be live in blocks of up to {@link SizeBands#LAST_IN_HEAPS}. */
    public static final int PEAK_HEAP_LIVE_BYTES = 10;

    static final int LENGTH = 11;

    private TotalsRow() {}
}
