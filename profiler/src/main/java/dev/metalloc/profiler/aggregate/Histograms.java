// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.profiler.record.BandRow;
import dev.metalloc.profiler.record.EntryRow;
import dev.metalloc.profiler.record.LogBuckets;
import dev.metalloc.profiler.record.SizeBands;
import dev.metalloc.profiler.record.ThreadRow;
import org.HdrHistogram.Histogram;

/** Turns the recorder's buckets into histograms that resize themselves. */
final class Histograms {
    private static final int SIGNIFICANT_DIGITS = 2;
    /** As fine as the recorder's buckets, of which a power of two has 128. */
    private static final int SIZE_SIGNIFICANT_DIGITS = 3;
    /** Sites number in thousands: one digit takes an eighth of the memory and still tells sizes 6 % apart. */
    private static final int SITE_SIGNIFICANT_DIGITS = 1;

    private Histograms() {}

    static Histogram empty() {
        return new Histogram(SIGNIFICANT_DIGITS);
    }

    static Histogram emptyForSizes() {
        return new Histogram(SIZE_SIGNIFICANT_DIGITS);
    }

    static Histogram emptyForSite() {
        return new Histogram(SITE_SIGNIFICANT_DIGITS);
    }

    static Histogram sum(Histogram a, Histogram b) {
        Histogram sum =
                new Histogram(Math.max(a.getNumberOfSignificantValueDigits(), b.getNumberOfSignificantValueDigits()));
        sum.add(a);
        sum.add(b);
        return sum;
    }

    static Histogram lifetimeNanos(long[] bandRow) {
        Histogram into = empty();
        for (int i = 0; i < BandRow.LIFETIME_NANOS_BUCKETS; i++) {
            long units = LogBuckets.middle(i, BandRow.LIFETIME_SUB_BITS);
            long count = Math.round(bandRow[BandRow.LIFETIME_NANOS + i] * BandRow.WEIGHT_UNIT);
            record(into, units << BandRow.NANOS_UNIT_SHIFT, count);
        }
        return into;
    }

    static Histogram lifetimeBytes(long[] bandRow) {
        Histogram into = empty();
        addLifetimeBytes(into, bandRow, BandRow.LIFETIME_BYTES, BandRow.WEIGHT_UNIT);
        return into;
    }

    static void addLifetimeBytes(Histogram into, long[] row, int from, double unit) {
        for (int i = 0; i < BandRow.LIFETIME_BYTES_BUCKETS; i++) {
            long units = LogBuckets.middle(i, BandRow.LIFETIME_SUB_BITS);
            record(into, units << BandRow.BYTES_UNIT_SHIFT, Math.round(row[from + i] * unit));
        }
    }

    /** A bucket stands for its largest size, where a power of two would lie, but for none outside what was seen. */
    static void addSizes(Histogram into, long[] row, int from, int band, long minByteSize, long maxByteSize) {
        for (int i = 0; i < SizeBands.SUB_BUCKETS; i++) {
            long byteSize = Math.clamp(SizeBands.highestSize(band, i), minByteSize, Math.max(minByteSize, maxByteSize));
            record(into, byteSize, row[from + i]);
        }
    }

    static void addSiteSizes(Histogram into, long[] row, int from, int band) {
        for (int i = 0; i < SizeBands.SITE_SUB_BUCKETS; i++) {
            record(into, SizeBands.highestSiteSize(band, i), Math.round(row[from + i] * BandRow.WEIGHT_UNIT));
        }
    }

    static Histogram threadSizes(long[] threadRow) {
        Histogram into = new Histogram(ThreadSummary.HISTOGRAM_DIGITS);
        for (int i = 0; i < ThreadRow.SIZE_BANDS * SizeBands.THREAD_SUB_BUCKETS; i++) {
            long byteSize =
                    SizeBands.highestThreadSize(i / SizeBands.THREAD_SUB_BUCKETS, i % SizeBands.THREAD_SUB_BUCKETS);
            record(into, byteSize, threadRow[ThreadRow.SIZES + i]);
        }
        return into;
    }

    static Histogram threadLifetimes(long[] threadRow) {
        Histogram into = new Histogram(ThreadSummary.HISTOGRAM_DIGITS);
        for (int i = 0; i < ThreadRow.LIFETIME_BYTES_BUCKETS; i++) {
            int middle = i * ThreadRow.LIFETIME_GROUP + ThreadRow.LIFETIME_GROUP / 2;
            long units = LogBuckets.middle(middle, BandRow.LIFETIME_SUB_BITS);
            long count = Math.round(threadRow[ThreadRow.LIFETIME_BYTES + i] * BandRow.WEIGHT_UNIT);
            record(into, units << BandRow.BYTES_UNIT_SHIFT, count);
        }
        return into;
    }

    /** Chains of reallocations by their length. */
    static Histogram chains(long[] entryRow) {
        Histogram into = new Histogram(EntryPointProfile.CHAIN_DIGITS);
        for (int bucket = 0; bucket < EntryRow.CHAIN_BUCKETS; bucket++) {
            record(
                    into,
                    EntryRow.chainLength(bucket),
                    Math.round(entryRow[EntryRow.CHAINS + bucket] * BandRow.WEIGHT_UNIT));
        }
        return into;
    }

    static Histogram arenaShape(long[] buckets) {
        Histogram into = empty();
        for (int i = 0; i < buckets.length; i++) {
            record(into, LogBuckets.middle(i, EntryRow.ARENA_SUB_BITS), buckets[i]);
        }
        return into;
    }

    private static void record(Histogram into, long value, long count) {
        if (count > 0) {
            into.recordValueWithCount(value, count);
        }
    }
}
