// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Power-of-two bands of requested sizes, each cut into at most 32 equal sub-buckets.
 *
 * <p>Band b holds {@code (2^(b-1), 2^b]}, band 0 the sizes 0 and 1. A band ends <em>at</em> its power of two because
 * that is where an allocator's class would end too.
 */
public final class SizeBands {
    public static final int COUNT = 63;
    public static final int SUB_BUCKETS = 32;
    private static final int SUB_BITS = 5;

    private SizeBands() {}

    public static int band(long byteSize) {
        return byteSize <= 1 ? 0 : Math.min(64 - Long.numberOfLeadingZeros(byteSize - 1), COUNT - 1);
    }

    public static int subBucket(int band, long byteSize) {
        return band == 0 ? (int) (byteSize & 1) : (int) ((byteSize - 1) >>> widthShift(band)) & (SUB_BUCKETS - 1);
    }

    /** The same for sizes above 1. */
    static int subBucket(long byteSize) {
        int shift = Long.SIZE - 1 - SUB_BITS - Long.numberOfLeadingZeros(byteSize - 1);
        return (int) ((byteSize - 1) >>> Math.max(0, shift)) & (SUB_BUCKETS - 1);
    }

    /** The largest size of a sub-bucket; the only one where the band is no larger than 64. */
    public static long highestSize(int band, int subBucket) {
        if (band <= SUB_BITS) {
            return band == 0 ? subBucket : subBucket + 1L;
        }
        return (SUB_BUCKETS + subBucket + 1L) << widthShift(band);
    }

    public static long lowestSize(int band, int subBucket) {
        return highestSize(band, subBucket) - (1L << widthShift(band)) + 1;
    }

    private static int widthShift(int band) {
        return Math.max(0, band - 1 - SUB_BITS);
    }
}
