// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** The layout of the counters that one entry point has besides those of its bands; one writer, racy readers. */
public final class EntryRow {
    public static final int ENTRY_POINT = 0;
    /** Frees of blocks that were not followed; if all are followed, of blocks not known. Filled in by the snapshot only. */
    public static final int MISSED_FREE_COUNT = 1;

    public static final int VIRTUAL_ALLOCATE_COUNT = 2;
    /** Filled in by the snapshot only. */
    public static final int PEAK_LIVE_BYTES = 3;

    public static final int OPEN_COUNT = 4;
    public static final int CLOSE_COUNT = 5;
    public static final int REMOTE_CLOSE_COUNT = 6;
    public static final int NESTED_OPEN_COUNT = 7;
    public static final int OUT_OF_ORDER_CLOSE_COUNT = 8;
    public static final int MAX_OPEN_COUNT = 9;
    /** Reallocations of blocks, followed or not. */
    public static final int REALLOCATE_COUNT = 10;

    /**
     * Chains of reallocations by their length, in {@link #CHAIN_BUCKETS} columns; weights, like those of {@link BandRow}. One thread
     * may have fewer than none where it makes others' chains longer.
     */
    public static final int CHAINS = 11;

    public static final int CHAIN_BUCKETS = ChainMark.BUCKETS;

    /** {@link NativeFrees}. Filled in by the snapshot only. */
    public static final int NATIVE_FREE_COUNT = CHAINS + CHAIN_BUCKETS;

    /** Whose handles of the C library's were called: one of the three below. Filled in by the snapshot only. */
    public static final int CALLERS = NATIVE_FREE_COUNT + 1;

    public static final int UNKNOWN_CALLERS = 0;
    public static final int KEEPERS = 1;
    public static final int OTHER_CALLERS = 2;

    static final int LENGTH = CALLERS + 1;

    /** Arena shapes have eight buckets to the power of two, values below 16 one each. */
    public static final int ARENA_SUB_BITS = 3;

    static final int ARENA_BUCKETS = LogBuckets.count(50, ARENA_SUB_BITS);

    private EntryRow() {}

    /** The length that a column of chains stands for: its largest, of the last the least. */
    public static int chainLength(int bucket) {
        return ChainMark.lengthOf(bucket);
    }

    static void add(long[] total, long[] row) {
        for (int column = ENTRY_POINT + 1; column < LENGTH; column++) {
            total[column] =
                    column == MAX_OPEN_COUNT ? Math.max(total[column], row[column]) : total[column] + row[column];
        }
    }
}
