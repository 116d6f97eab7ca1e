// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * Exact counts and requested bytes of one arena's blocks; one thread at a time, but for what says otherwise.
 *
 * <p>The first small blocks are noted one by one, which is less work than to find their bands; most arenas have no others. Until the arena is
 * closed the notes are all that tells that these blocks are live.
 */
final class ArenaTally {
    static final int NOTED_SIZES = 32;
    private static final int FIRST_BANDS = 4;
    /** A count and its band in one long. */
    private static final int BAND_BITS = 6;

    private static final int BAND_MASK = (1 << BAND_BITS) - 1;

    private final int[] sizes;
    private int noted;
    private long notedBytes;
    private long[] countsAndBytes = new long[2 * FIRST_BANDS];
    private int length;

    /** @param capacity blocks that can be noted one by one */
    ArenaTally(int capacity) {
        this.sizes = new int[capacity];
    }

    boolean isFull() {
        return noted == sizes.length;
    }

    /** Notes a block that {@link QuickCounts} has counted; only where there is room. */
    void note(long byteSize) {
        sizes[noted] = (int) byteSize;
        noted++;
        notedBytes += byteSize;
    }

    /** Blocks noted and not ended; any thread. */
    int notedBlocks() {
        return noted;
    }

    /** Adds the bytes of blocks that are noted to those of their bands; any thread. */
    void addNotedBytes(long[] bandBytes) {
        for (int i = 0; i < noted && i < sizes.length; i++) {
            bandBytes[SizeBands.band(sizes[i])] += sizes[i];
        }
    }

    /** Takes the blocks that are noted out of those that have ended in a sum; any thread. */
    void uncountNoted(EntryRecord total) {
        for (int i = 0; i < noted && i < sizes.length; i++) {
            BandRow.countBulkFree(total.band(SizeBands.band(sizes[i])), -1, -sizes[i]);
        }
    }

    void add(int band, long byteSize) {
        int at = 0;
        while (at < length && ((int) countsAndBytes[at] & BAND_MASK) != band) {
            at += 2;
        }
        if (at == length) {
            addBand(band);
        }
        countsAndBytes[at] += 1 << BAND_BITS;
        countsAndBytes[at + 1] += byteSize;
    }

    private void addBand(int band) {
        if (length == countsAndBytes.length) {
            countsAndBytes = Arrays.copyOf(countsAndBytes, 2 * length);
        }
        countsAndBytes[length] = band;
        countsAndBytes[length + 1] = 0;
        length += 2;
    }

    long byteSum() {
        return length == 0 ? notedBytes : notedBytes + bandedBytes();
    }

    @OutOfLine
    private long bandedBytes() {
        long bytes = 0;
        for (int at = 0; at < length; at += 2) {
            bytes += countsAndBytes[at + 1];
        }
        return bytes;
    }

    /**
     * Ends all blocks in the entry's counts, and their arena with its shape; nothing is left here.
     *
     * @param bytes the {@link #byteSum}
     */
    void free(EntryRecord entry, long bytes) {
        long blocks = length == 0 ? noted : noted + freeBanded(entry);
        noted = 0;
        notedBytes = 0;
        if (entry.arenas != null) {
            entry.arenas.countShape(blocks, bytes);
        }
    }

    @OutOfLine
    private long freeBanded(EntryRecord entry) {
        long blocks = 0;
        for (int at = 0; at < length; at += 2) {
            long count = countsAndBytes[at] >>> BAND_BITS;
            BandRow.countBulkFree(entry.band((int) countsAndBytes[at] & BAND_MASK), count, countsAndBytes[at + 1]);
            blocks += count;
        }
        length = 0;
        return blocks;
    }
}
