// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * The layout of one row of counters: all that is known of one power-of-two band of sizes.
 *
 * <p>A row has one writer. Readers take it while it changes: each long is whole (64-bit JVMs do not tear them), the row
 * as a whole may be one event out of step.
 */
public final class BandRow {
    public static final double WEIGHT_UNIT = 1.0 / ByteSampler.ONE;

    public static final int ALLOCATE_COUNT = 0;
    public static final int ALLOCATE_BYTES = 1;
    /** Exact, for arenas only, where each block's end is seen; the others' frees are in the weights below. */
    public static final int FREE_COUNT = 2;

    public static final int FREED_BYTES = 3;
    /** Blocks that were followed; those after it, up to GROW_WEIGHT, are their weights in units of 1/256. */
    public static final int FOLLOWED_COUNT = 4;

    public static final int FOLLOWED_WEIGHT = 5;
    /** The sum of the four orders; filled in by the snapshot only. */
    public static final int FREE_WEIGHT = 6;

    public static final int REMOTE_FREE_WEIGHT = 7;
    public static final int LIFO_FREE_WEIGHT = 8;
    /** Frees of a younger block than the one before; {@link FreeOrder}. */
    public static final int RISING_FREE_WEIGHT = 9;

    public static final int FALLING_FREE_WEIGHT = 10;
    /** Frees whose order could not be told. */
    public static final int UNORDERED_FREE_WEIGHT = 11;

    public static final int REALLOCATE_WEIGHT = 12;
    public static final int GROW_WEIGHT = 13;

    /** Whole bytes that the followed blocks stand for. */
    public static final int FOLLOWED_BYTES = 14;
    /** The same of those that are live. Negative where a thread frees others' blocks. Not for arenas, where all is exact. */
    public static final int LIVE_BYTES = 15;
    /** Followed blocks that were freed. */
    public static final int FOLLOWED_FREE_COUNT = 16;

    public static final int ZEROED_COUNT = 17;
    public static final int ALIGNED_COUNT = 18;
    public static final int MIN_BYTE_SIZE = 19;
    public static final int MAX_BYTE_SIZE = 20;
    public static final int MAX_BYTE_ALIGNMENT = 21;
    /** When the followed block freed last was born, on its thread's byte clock; has no meaning in a sum. */
    static final int LAST_BIRTH_BYTES = 22;

    /** Filled in by the snapshot only, as are the two after it. */
    public static final int ENTRY_POINT = 23;

    public static final int LOG2 = 24;
    public static final int PEAK_LIVE_BYTES = 25;

    public static final int SIZES = 26;

    /** Lifetimes have four buckets to the power of two. */
    public static final int LIFETIME_SUB_BITS = 2;
    /** The clock ticks every ten milliseconds, so buckets finer than 65 microseconds would hold noise. */
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
        if (byteSize < row[MIN_BYTE_SIZE] || byteSize > row[MAX_BYTE_SIZE] || byteAlignment > row[MAX_BYTE_ALIGNMENT]) {
            widen(row, byteSize, byteAlignment);
        }
        if ((flags & ThreadRecorder.ZEROED) != 0) {
            row[ZEROED_COUNT]++;
        }
        if (byteAlignment > ALIGNED_ABOVE_BYTES) {
            row[ALIGNED_COUNT]++;
        }
    }

    /** Adds blocks of one size whose smallest and largest are known to the row. */
    static void addPlain(long[] row, int band, long byteSize, long count, long zeroedCount) {
        row[ALLOCATE_COUNT] += count;
        row[ALLOCATE_BYTES] += count * byteSize;
        row[ZEROED_COUNT] += zeroedCount;
        row[SIZES + SizeBands.subBucket(band, byteSize)] += count;
    }

    @OutOfLine
    private static void widen(long[] row, long byteSize, long byteAlignment) {
        row[MIN_BYTE_SIZE] = Math.min(row[MIN_BYTE_SIZE], byteSize);
        row[MAX_BYTE_SIZE] = Math.max(row[MAX_BYTE_SIZE], byteSize);
        row[MAX_BYTE_ALIGNMENT] = Math.max(row[MAX_BYTE_ALIGNMENT], byteAlignment);
    }

    /** Blocks of an arena that end together. */
    static void countBulkFree(long[] row, long count, long bytes) {
        row[FREE_COUNT] += count;
        row[FREED_BYTES] += bytes;
    }

    static void countFollowed(long[] row, long weight, long weightedBytes) {
        row[FOLLOWED_COUNT]++;
        row[FOLLOWED_WEIGHT] += weight;
        row[FOLLOWED_BYTES] += weightedBytes;
    }

    /** Adds blocks of one size that were all followed; a negative count takes back what found no room. */
    static void addFollowed(long[] row, long byteSize, long count) {
        row[FOLLOWED_COUNT] += count;
        row[FOLLOWED_WEIGHT] += count * ByteSampler.ONE;
        row[FOLLOWED_BYTES] += count * byteSize;
        row[LIVE_BYTES] += count * byteSize;
    }

    /** Adds frees of blocks of one size that were freed right after they were allocated, all of which were followed. */
    static void addFreedAtOnce(long[] row, long byteSize, long count) {
        row[FOLLOWED_FREE_COUNT] += count;
        row[LIFO_FREE_WEIGHT] += count * ByteSampler.ONE;
        row[LIFETIME_NANOS] += count * ByteSampler.ONE;
        row[LIFETIME_BYTES] += count * ByteSampler.ONE;
        row[LIVE_BYTES] -= count * byteSize;
    }

    /** Whether both lifetimes are in the first bucket of their histogram. */
    static boolean isShortest(long lifetimeNanos, long lifetimeBytes) {
        return lifetimeNanos >>> NANOS_UNIT_SHIFT == 0 && lifetimeBytes >>> BYTES_UNIT_SHIFT == 0;
    }

    static void countFollowedFree(long[] row, long weight, int orderColumn, boolean remote) {
        row[FOLLOWED_FREE_COUNT]++;
        row[orderColumn] += weight;
        if (remote) {
            row[REMOTE_FREE_WEIGHT] += weight;
        }
    }

    static void countLifetimeNanos(long[] row, long nanos, long weight) {
        int bucket = LogBuckets.index(nanos >>> NANOS_UNIT_SHIFT, LIFETIME_SUB_BITS, LIFETIME_NANOS_BUCKETS);
        row[LIFETIME_NANOS + bucket] += weight;
    }

    static void countLifetimeBytes(long[] row, long bytes, long weight) {
        row[LIFETIME_BYTES + lifetimeBytesBucket(bytes)] += weight;
    }

    static int lifetimeBytesBucket(long bytes) {
        return LogBuckets.index(bytes >>> BYTES_UNIT_SHIFT, LIFETIME_SUB_BITS, LIFETIME_BYTES_BUCKETS);
    }

    static long freeWeight(long[] row) {
        return row[LIFO_FREE_WEIGHT] + row[RISING_FREE_WEIGHT] + row[FALLING_FREE_WEIGHT] + row[UNORDERED_FREE_WEIGHT];
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
