// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import java.util.Arrays;

/**
 * How long blocks lived, in nanoseconds, one bucket to the power of two. Immutable; a tenth of what a histogram that resizes itself would
 * take, since sites number in thousands.
 *
 * <p>Bucket 0 has what lived for less than {@value #FIRST_NANOS} ns, which the clock does not tell apart, bucket k what lived for
 * {@code FIRST_NANOS * 2^(k-1)} or more, the last one all that is longer.
 */
public final class LifetimeBuckets {
    /** Up to 2^50 ns, 13 days. */
    public static final int COUNT = 35;

    public static final long FIRST_NANOS = 1L << 16;

    public static final LifetimeBuckets NONE = new LifetimeBuckets(new long[COUNT]);

    private final long[] counts;

    private LifetimeBuckets(long[] counts) {
        this.counts = counts;
    }

    /**
     * Of the first buckets; further ones are empty.
     *
     * @throws IllegalArgumentException for more than {@link #COUNT}, or a negative one
     */
    public static LifetimeBuckets of(long... counts) {
        if (counts.length > COUNT) {
            throw new IllegalArgumentException("buckets: " + counts.length + " (expected: at most " + COUNT + ")");
        }
        for (long count : counts) {
            if (count < 0) {
                throw new IllegalArgumentException("blocks: " + count + " (expected: not negative)");
            }
        }
        return new LifetimeBuckets(Arrays.copyOf(counts, COUNT));
    }

    public long count(int bucket) {
        return counts[bucket];
    }

    public long totalCount() {
        return Arrays.stream(counts).sum();
    }

    /** After the last one that has any. */
    public int usedBuckets() {
        int used = COUNT;
        while (used > 0 && counts[used - 1] == 0) {
            used--;
        }
        return used;
    }

    /** The shortest life of a bucket. */
    public static long lowestNanos(int bucket) {
        return bucket == 0 ? 0 : FIRST_NANOS << (bucket - 1);
    }

    /** Where the lives of a bucket are taken to lie. */
    public static long middleNanos(int bucket) {
        return bucket == 0 ? 0 : lowestNanos(bucket) / 2 * 3;
    }

    /** The middle of the bucket that so large a part of the blocks, 0 to 1, are in or before; 0 where there are none. */
    public long nanosAtShare(double share) {
        double wanted = share * totalCount();
        long seen = 0;
        for (int bucket = 0; bucket < COUNT; bucket++) {
            seen += counts[bucket];
            if (counts[bucket] > 0 && seen >= wanted) {
                return middleNanos(bucket);
            }
        }
        return 0;
    }

    public LifetimeBuckets plus(LifetimeBuckets other) {
        long[] sum = counts.clone();
        for (int bucket = 0; bucket < COUNT; bucket++) {
            sum[bucket] += other.counts[bucket];
        }
        return new LifetimeBuckets(sum);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LifetimeBuckets buckets && Arrays.equals(counts, buckets.counts);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(counts);
    }

    @Override
    public String toString() {
        return Arrays.toString(Arrays.copyOf(counts, usedBuckets()));
    }
}
