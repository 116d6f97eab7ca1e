// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * The layout of one row of counters: all that is known of one power-of-two band of sizes.
 *
 * <p>A row has one writer. Readers take it while it changes: each long is whole (64-bit JVMs do not tear them), the row
 * as a whole may be one event out of step.
 */
public final class BandRow {
    public static final int ALLOCATE_COUNT = 0;
    public static final int ALLOCATE_BYTES = 1;
    public static final int FREE_COUNT = 2;
    public static final int FREED_BYTES = 3;
    public static final int REMOTE_FREE_COUNT = 4;
    public static final int LIFO_FREE_COUNT = 5;
    public static final int FIFO_FREE_COUNT = 6;
    public static final int RANDOM_FREE_COUNT = 7;
    public static final int BULK_FREE_COUNT = 8;
    /** A free whose order could not be told; not part of a profile. */
    public static final int UNORDERED_FREE_COUNT = 9;

    public static final int REALLOCATE_COUNT = 10;
    public static final int GROW_COUNT = 11;
    public static final int ZEROED_COUNT = 12;
    public static final int ALIGNED_COUNT = 13;
    public static final int MIN_BYTE_SIZE = 14;
    public static final int MAX_BYTE_SIZE = 15;
    public static final int MAX_BYTE_ALIGNMENT = 16;
    /** Filled in by the snapshot only, as are the two after it. */
    public static final int ENTRY_POINT = 17;

    public static final int LOG2 = 18;
    public static final int PEAK_LIVE_BYTES = 19;

    public static final int SIZES = 20;

    /** Lifetimes have four buckets to the power of two. */
    public static final int LIFETIME_SUB_BITS = 2;
    /** The clock ticks in milliseconds, so buckets finer than 65 microseconds would hold noise. */
    public static final int NANOS_UNIT_SHIFT = 16;
    /** Malloc's granule. */
    public static final int BYTES_UNIT_SHIFT = 4;

    public static final int LIFETIME_NANOS = SIZES + SizeBands.SUB_BUCKETS;
    /** Up to 2^50 ns, 13 days. */
    public static final int LIFETIME_NANOS_BUCKETS = LogBuckets.count(50 - NANOS_UNIT_SHIFT, LIFETIME_SUB_BITS);

    public static final int LIFETIME_BYTES = LIFETIME_NANOS + LIFETIME_NANOS_BUCKETS;
    /** Up to 2^50 bytes, one pebibyte. */
    public static final int LIFETIME_BYTES_BUCKETS = LogBuckets.count(50 - BYTES_UNIT_SHIFT, LIFETIME_SUB_BITS);

    static final int LENGTH = LIFETIME_BYTES + LIFETIME_BYTES_BUCKETS;

    private static final int ALIGNED_ABOVE_BYTES = 16;

    private BandRow() {}

    static long[] empty() {
        long[] row = new long[LENGTH];
        row[MIN_BYTE_SIZE] = Long.MAX_VALUE;
        return row;
    }

    static void countAllocation(long[] row, int band, long byteSize, long byteAlignment, int flags) {
        row[ALLOCATE_COUNT]++;
        row[ALLOCATE_BYTES] += byteSize;
        row[SIZES + SizeBands.subBucket(band, byteSize)]++;
        row[ZEROED_COUNT] += flags & ThreadRecorder.ZEROED;
        if (byteSize < row[MIN_BYTE_SIZE]) {
            row[MIN_BYTE_SIZE] = byteSize;
        }
        if (byteSize > row[MAX_BYTE_SIZE]) {
            row[MAX_BYTE_SIZE] = byteSize;
        }
        if (byteAlignment > row[MAX_BYTE_ALIGNMENT]) {
            row[MAX_BYTE_ALIGNMENT] = byteAlignment;
        }
        if (byteAlignment > ALIGNED_ABOVE_BYTES) {
            row[ALIGNED_COUNT]++;
        }
    }

    static void countFrees(long[] row, long count, long bytes, int orderColumn, boolean remote) {
        row[FREE_COUNT] += count;
        row[FREED_BYTES] += bytes;
        row[orderColumn] += count;
        if (remote) {
            row[REMOTE_FREE_COUNT] += count;
        }
    }

    static void countLifetimeNanos(long[] row, long nanos) {
        row[LIFETIME_NANOS + LogBuckets.index(nanos >>> NANOS_UNIT_SHIFT, LIFETIME_SUB_BITS, LIFETIME_NANOS_BUCKETS)]++;
    }

    static void countLifetimeBytes(long[] row, long bytes) {
        row[LIFETIME_BYTES + lifetimeBytesBucket(bytes)]++;
    }

    static int lifetimeBytesBucket(long bytes) {
        return LogBuckets.index(bytes >>> BYTES_UNIT_SHIFT, LIFETIME_SUB_BITS, LIFETIME_BYTES_BUCKETS);
    }

    static void add(long[] total, long[] row) {
        for (int column = 0; column < LENGTH; column++) {
            if (column == MIN_BYTE_SIZE) {
                total[column] = Math.min(total[column], row[column]);
            } else if (column == MAX_BYTE_SIZE || column == MAX_BYTE_ALIGNMENT) {
                total[column] = Math.max(total[column], row[column]);
            } else {
                total[column] += row[column];
            }
        }
    }
}
