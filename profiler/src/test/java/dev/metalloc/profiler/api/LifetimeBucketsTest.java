// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalloc.profiler.record.BandRow;
import dev.metalloc.profiler.record.LogBuckets;
import dev.metalloc.profiler.record.SiteRow;
import org.junit.jupiter.api.Test;

class LifetimeBucketsTest {

    @Test
    void shouldHaveTheRecordersBuckets() {
        assertEquals(SiteRow.LIFETIME_NANOS_BUCKETS, LifetimeBuckets.COUNT);
        for (int bucket = 0; bucket < LifetimeBuckets.COUNT; bucket++) {
            long lowest = LogBuckets.lowest(bucket, 0) << BandRow.NANOS_UNIT_SHIFT;
            assertEquals(lowest, LifetimeBuckets.lowestNanos(bucket));
            assertEquals(bucket, LogBuckets.index(lowest >>> BandRow.NANOS_UNIT_SHIFT, 0, LifetimeBuckets.COUNT));
        }
    }

    @Test
    void shouldTellThePartThatLivedShorter() {
        LifetimeBuckets buckets = LifetimeBuckets.of(10, 0, 80, 10);
        assertEquals(0, buckets.nanosAtShare(0.1));
        assertEquals(3 << 16, buckets.nanosAtShare(0.5));
        assertEquals(6 << 16, buckets.nanosAtShare(1));
        assertEquals(0, LifetimeBuckets.NONE.nanosAtShare(0.5));
        assertEquals(4, buckets.usedBuckets());
        assertEquals("[10, 0, 80, 10]", buckets.toString());
    }

    @Test
    void shouldAddUp() {
        LifetimeBuckets sum = LifetimeBuckets.of(1, 2).plus(LifetimeBuckets.of(0, 1, 5));
        assertEquals(LifetimeBuckets.of(1, 3, 5), sum);
        assertEquals(LifetimeBuckets.of(1, 3, 5).hashCode(), sum.hashCode());
        assertNotEquals(LifetimeBuckets.of(1, 3), sum);
        assertEquals(sum, sum.plus(LifetimeBuckets.NONE));
        assertEquals(9, sum.totalCount());
    }

    @Test
    void shouldRefuseWhatCannotBe() {
        assertThrows(IllegalArgumentException.class, () -> LifetimeBuckets.of(new long[LifetimeBuckets.COUNT + 1]));
        assertThrows(IllegalArgumentException.class, () -> LifetimeBuckets.of(1, -1));
    }
}
