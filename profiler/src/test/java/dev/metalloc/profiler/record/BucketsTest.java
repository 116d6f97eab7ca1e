// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class BucketsTest {
    @Test
    void everySmallSizeLiesInItsBandAndSubBucket() {
        for (long size = 0; size <= 1 << 16; size++) {
            assertSizeFits(size);
        }
    }

    @Test
    void sizesAtTheEdgesOfLargeBandsFit() {
        for (int log2 = 1; log2 < 62; log2++) {
            for (long delta = -1; delta <= 1; delta++) {
                assertSizeFits((1L << log2) + delta);
            }
        }
        assertEquals(62, SizeBands.band(Long.MAX_VALUE));
    }

    @Test
    void bandEndsAtItsPowerOfTwo() {
        assertEquals(0, SizeBands.band(0));
        assertEquals(0, SizeBands.band(1));
        assertEquals(1, SizeBands.band(2));
        assertEquals(2, SizeBands.band(3));
        assertEquals(12, SizeBands.band(4096));
        assertEquals(13, SizeBands.band(4097));
        assertEquals(4096, SizeBands.highestSize(12, SizeBands.subBucket(12, 4096)));
    }

    @Test
    void logBucketsTileTheNumbers() {
        for (int subBits = 2; subBits <= 5; subBits++) {
            int count = LogBuckets.count(50, subBits);
            for (int i = 0; i < count - 1; i++) {
                assertEquals(LogBuckets.highest(i, subBits) + 1, LogBuckets.lowest(i + 1, subBits));
            }
            assertEquals((1L << 50) - 1, LogBuckets.highest(count - 1, subBits));
        }
    }

    @Test
    void logBucketHoldsItsValue() {
        SplittableRandom random = new SplittableRandom(1);
        int count = LogBuckets.count(50, 2);
        for (int i = 0; i < 100_000; i++) {
            long value = random.nextLong() >>> (14 + random.nextInt(50));
            int index = LogBuckets.index(value, 2, count);
            assertTrue(LogBuckets.lowest(index, 2) <= value && value <= LogBuckets.highest(index, 2), "" + value);
        }
        assertEquals(count - 1, LogBuckets.index(Long.MAX_VALUE, 2, count));
    }

    private static void assertSizeFits(long size) {
        int band = SizeBands.band(size);
        assertTrue(band == 0 ? size <= 1 : size > 1L << (band - 1) && size <= 1L << band, "band of " + size);
        int sub = SizeBands.subBucket(band, size);
        assertTrue(size <= SizeBands.highestSize(band, sub), "sub of " + size);
        assertEquals(sub, SizeBands.subBucket(band, SizeBands.highestSize(band, sub)));
        if (size <= 256) {
            assertEquals(size, SizeBands.highestSize(band, sub));
        }
        if (size <= 4096) {
            assertTrue(SizeBands.highestSize(band, sub) - size < 16, "granule of " + size);
        }
        int siteSub = SizeBands.siteSubBucket(band, size);
        assertTrue(siteSub < SizeBands.SITE_SUB_BUCKETS, "site's sub of " + size);
        long highest = SizeBands.highestSiteSize(band, siteSub);
        assertTrue(highest >= size && highest - size <= Math.max(0, size >> 5), "site's sub of " + size);
        assertEquals(band, SizeBands.band(highest));
    }
}
