// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Power-of-two bands of requested sizes, each cut into at most 128 equal sub-buckets: blocks of up to 4 KiB are told apart by
 * malloc's granule, so that size classes can be made for them.
 *
 * <p>Band b holds {@code (2^(b-1), 2^b]}, band 0 the sizes 0 and 1. A band ends <em>at</em> its power of two because
 * that is where an allocator's class would end too.
 */
public final class SizeBands {
    public static final int COUNT = 63;
    public static final int SUB_BUCKETS = 128;
    /** The last band whose blocks may lie in the C library's heaps: above 32 MiB each has a mapping of its own. */
    static final int LAST_IN_HEAPS = 25;
    /** Runs of neighbouring bands. */
    static final int RANGES = COUNT * (COUNT + 1) / 2;

    /** Of sites, of which there are many. */
    public static final int SITE_SUB_BUCKETS = 32;

    /** Of threads, of which there may be more. */
    public static final int THREAD_SUB_BUCKETS = 4;

    private static final int SUB_BITS = 7;
    private static final int SITE_SUB_BITS = 5;
    private static final int THREAD_SUB_BITS = 2;

    private SizeBands() {}

    public static int band(long byteSize) {
        return byteSize <= 1 ? 0 : Math.min(64 - Long.numberOfLeadingZeros(byteSize - 1), COUNT - 1);
    }

    /** The number of the bands from one to another. */
    public static int range(int from, int to) {
        return from * COUNT - from * (from - 1) / 2 + to - from;
    }

    public static int subBucket(int band, long byteSize) {
        return subBucket(band, byteSize, SUB_BITS);
    }

    /** The largest size of a sub-bucket; the only one where the band is no larger than 256. */
    public static long highestSize(int band, int subBucket) {
        return highestSize(band, subBucket, SUB_BITS);
    }

    static int siteSubBucket(int band, long byteSize) {
        return subBucket(band, byteSize, SITE_SUB_BITS);
    }

    /** The largest size of a site's sub-bucket. */
    public static long highestSiteSize(int band, int siteSubBucket) {
        return highestSize(band, siteSubBucket, SITE_SUB_BITS);
    }

    static int threadSubBucket(int band, long byteSize) {
        return subBucket(band, byteSize, THREAD_SUB_BITS);
    }

    /** The largest size of a thread's sub-bucket. */
    public static long highestThreadSize(int band, int threadSubBucket) {
        return highestSize(band, threadSubBucket, THREAD_SUB_BITS);
    }

    private static int subBucket(int band, long byteSize, int subBits) {
        int mask = (1 << subBits) - 1;
        return band == 0 ? (int) (byteSize & 1) : (int) ((byteSize - 1) >>> widthShift(band, subBits)) & mask;
    }

    private static long highestSize(int band, int subBucket, int subBits) {
        if (band <= subBits) {
            return band == 0 ? subBucket : subBucket + 1L;
        }
        return ((1L << subBits) + subBucket + 1) << widthShift(band, subBits);
    }

    private static int widthShift(int band, int subBits) {
        return Math.max(0, band - 1 - subBits);
    }
}
