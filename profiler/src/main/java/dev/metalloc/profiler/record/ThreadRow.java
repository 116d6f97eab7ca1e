// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/** The layout of one thread's row in a snapshot. */
public final class ThreadRow {
    public static final int ALLOCATE_COUNT = 0;
    public static final int ALLOCATE_BYTES = 1;
    public static final int FREE_COUNT = 2;
    /** An estimate unless all blocks were followed. */
    public static final int REMOTE_FREE_COUNT = 3;

    /** How often it was looked whether the thread is another than the last one that was seen. */
    public static final int LOOK_COUNT = 4;
    /** How often it was. */
    public static final int TAKEOVER_COUNT = 5;

    /** {@link SizeBands#THREAD_SUB_BUCKETS} of each band. */
    public static final int SIZES = 6;

    public static final int SIZE_BANDS = 40;

    /** Lifetimes in bytes of what the thread freed: weights, one bucket for {@link #LIFETIME_GROUP} of those of a {@link BandRow}. */
    public static final int LIFETIME_BYTES = SIZES + SIZE_BANDS * SizeBands.THREAD_SUB_BUCKETS;

    public static final int LIFETIME_GROUP = 1 << BandRow.LIFETIME_SUB_BITS;
    public static final int LIFETIME_BYTES_BUCKETS =
            (BandRow.LIFETIME_BYTES_BUCKETS + LIFETIME_GROUP - 1) / LIFETIME_GROUP;

    static final int LENGTH = LIFETIME_BYTES + LIFETIME_BYTES_BUCKETS;

    private ThreadRow() {}

    static long[] of(ThreadRecorder thread) {
        long[] row = new long[LENGTH];
        row[LOOK_COUNT] = thread.lookCount();
        row[TAKEOVER_COUNT] = thread.takeoverCount();
        for (int i = 0; i < Recorder.ENTRY_POINTS; i++) {
            EntryRecord entry = thread.entryOrNull(i);
            if (entry != null && i != Recorder.MAPPED_FILE) {
                row[ALLOCATE_COUNT] += entry.allocateCount();
                row[ALLOCATE_BYTES] += entry.allocateBytes();
                row[FREE_COUNT] += entry.freeCount();
                row[REMOTE_FREE_COUNT] += entry.sum(BandRow.REMOTE_FREE_WEIGHT) >> ByteSampler.WEIGHT_SHIFT;
                addHistograms(row, entry);
            }
        }
        return row;
    }

    /** Counts blocks of one size. */
    static void addSize(long[] row, long byteSize, long count) {
        int band = Math.min(SizeBands.band(byteSize), SIZE_BANDS - 1);
        row[SIZES + band * SizeBands.THREAD_SUB_BUCKETS + SizeBands.threadSubBucket(band, byteSize)] += count;
    }

    private static void addHistograms(long[] row, EntryRecord entry) {
        for (int band = 0; band < SizeBands.COUNT; band++) {
            long[] counts = entry.bandOrNull(band);
            if (counts != null) {
                addSizes(row, counts, band);
                addLifetimes(row, counts);
            }
        }
        entry.quick.addSizesTo(row);
        row[LIFETIME_BYTES] += entry.quick.freedAtOnceCount() << ByteSampler.WEIGHT_SHIFT;
    }

    private static void addSizes(long[] row, long[] counts, int band) {
        for (int i = 0; i < SizeBands.SUB_BUCKETS; i++) {
            long count = counts[BandRow.SIZES + i];
            if (count != 0) {
                addSize(row, SizeBands.highestSize(band, i), count);
            }
        }
    }

    private static void addLifetimes(long[] row, long[] counts) {
        for (int i = 0; i < BandRow.LIFETIME_BYTES_BUCKETS; i++) {
            row[LIFETIME_BYTES + i / LIFETIME_GROUP] += counts[BandRow.LIFETIME_BYTES + i];
        }
    }

    static long events(long[] row) {
        return row[ALLOCATE_COUNT] + row[FREE_COUNT];
    }

    static void add(long[] total, long[] row) {
        for (int i = 0; i < LENGTH; i++) {
            total[i] += row[i];
        }
    }
}
