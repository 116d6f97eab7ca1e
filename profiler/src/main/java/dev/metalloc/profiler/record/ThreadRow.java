// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** The layout of one thread's row in a snapshot. */
public final class ThreadRow {
    public static final int ALLOCATE_COUNT = 0;
    public static final int ALLOCATE_BYTES = 1;
    public static final int FREE_COUNT = 2;
    /** An estimate unless all blocks were followed. */
    public static final int REMOTE_FREE_COUNT = 3;

    static final int LENGTH = 4;

    private ThreadRow() {}

    static long[] of(ThreadRecorder thread) {
        long[] row = new long[LENGTH];
        for (int i = 0; i < Recorder.ENTRY_POINTS; i++) {
            EntryRecord entry = thread.entryOrNull(i);
            if (entry != null) {
                row[ALLOCATE_COUNT] += entry.allocateCount();
                row[ALLOCATE_BYTES] += entry.allocateBytes();
                row[FREE_COUNT] += entry.freeCount();
                row[REMOTE_FREE_COUNT] += entry.sum(BandRow.REMOTE_FREE_WEIGHT) >> ByteSampler.WEIGHT_SHIFT;
            }
        }
        return row;
    }

    static long events(long[] row) {
        return row[ALLOCATE_COUNT] + row[FREE_COUNT];
    }

    static void add(long[] total, long[] row) {
        for (int i = 0; i < LENGTH; i++) {
            total[i] += row[i];
        }
    }
}
