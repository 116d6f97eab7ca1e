// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Numbers the buckets of a histogram that is linear within each power of two.
 *
 * <p>With {@code subBits} bits kept below the leading one, values below {@code 2^(subBits+1)} have a bucket each, larger
 * ones share it with values that differ by less than one part in {@code 2^subBits}.
 */
public final class LogBuckets {
    private LogBuckets() {}

    /** Buckets needed for values below {@code 2^valueBits}. */
    public static int count(int valueBits, int subBits) {
        return ((valueBits - subBits) << subBits) + (1 << subBits);
    }

    /** The bucket of a value that is not negative; too large ones go into the last bucket. */
    public static int index(long value, int subBits, int count) {
        if (value < (1L << subBits)) {
            return (int) value;
        }
        int shift = 63 - Long.numberOfLeadingZeros(value) - subBits;
        return Math.min((shift << subBits) + (int) (value >>> shift), count - 1);
    }

    public static long lowest(int index, int subBits) {
        int shift = Math.max(0, (index >>> subBits) - 1);
        return (index - ((long) shift << subBits)) << shift;
    }

    public static long highest(int index, int subBits) {
        return lowest(index + 1, subBits) - 1;
    }

    /** Where the values of a bucket are taken to lie. */
    public static long middle(int index, int subBits) {
        long lowest = lowest(index, subBits);
        return lowest + (highest(index, subBits) - lowest) / 2;
    }
}
