// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.record.BandRow;
import dev.metalloc.profiler.record.EntryRow;
import java.util.List;

/**
 * How the frees and reallocations of one entry point fall to its size bands.
 *
 * <p>Arenas see each of their blocks end, so there all is exact. Of other blocks only the allocations and the number of
 * frees are: a free says an address, not a size. The followed blocks of a band tell which part of it was freed (a ratio
 * estimate, weighted as in Horvitz and Thompson 1952); the parts are then made to add up to the exact number. Where all
 * blocks of a band were followed, its frees are exact as well.
 *
 * <p>A recorder that was not there from the start also sees frees of blocks from before. The followed blocks, which are all its
 * own, then say how many of the frees were of blocks that it saw; the rest are unknown.
 */
final class FreeEstimate {
    private final long[][] bands;
    private final boolean[] allFollowed;
    private final long[] freeCounts;
    private final long[] reallocateCounts;
    private long unknownFreeCount;

    private FreeEstimate(List<long[]> bands) {
        this.bands = bands.toArray(long[][]::new);
        this.allFollowed = new boolean[this.bands.length];
        this.freeCounts = new long[this.bands.length];
        this.reallocateCounts = new long[this.bands.length];
    }

    static FreeEstimate ofArenas(List<long[]> bands) {
        FreeEstimate estimate = new FreeEstimate(bands);
        for (int i = 0; i < estimate.bands.length; i++) {
            estimate.freeCounts[i] = estimate.bands[i][BandRow.FREE_COUNT];
        }
        return estimate;
    }

    static FreeEstimate ofBlocks(long[] entryRow, List<long[]> bands, boolean fromTheStart) {
        FreeEstimate estimate = new FreeEstimate(bands);
        boolean all = true;
        for (int i = 0; i < estimate.bands.length; i++) {
            long[] row = estimate.bands[i];
            estimate.allFollowed[i] = row[BandRow.FOLLOWED_COUNT] == row[BandRow.ALLOCATE_COUNT];
            all &= estimate.allFollowed[i];
        }
        estimate.splitFrees(entryRow[EntryRow.MISSED_FREE_COUNT], all, fromTheStart);
        estimate.splitReallocations(entryRow[EntryRow.REALLOCATE_COUNT], all);
        return estimate;
    }

    private void splitFrees(long missedCount, boolean all, boolean fromTheStart) {
        double[] estimates = new double[bands.length];
        long[] caps = new long[bands.length];
        long left = missedCount;
        for (int i = 0; i < bands.length; i++) {
            long[] row = bands[i];
            freeCounts[i] = row[BandRow.FOLLOWED_FREE_COUNT];
            caps[i] = row[BandRow.ALLOCATE_COUNT] - row[BandRow.FOLLOWED_COUNT];
            estimates[i] = caps[i] * ratio(row[BandRow.FREE_WEIGHT], row[BandRow.FOLLOWED_WEIGHT]);
        }
        if (!all) {
            long most = fromTheStart ? sum(caps) : Math.min(sum(caps), sum(estimates));
            long[] parts = Apportionment.split(Math.min(left, most), estimates, caps);
            for (int i = 0; i < bands.length; i++) {
                freeCounts[i] += parts[i];
                left -= parts[i];
            }
        }
        unknownFreeCount = left;
    }

    private void splitReallocations(long count, boolean all) {
        double[] weights = new double[bands.length];
        long[] caps = new long[bands.length];
        for (int i = 0; i < bands.length; i++) {
            weights[i] = bands[i][BandRow.REALLOCATE_WEIGHT] * BandRow.WEIGHT_UNIT;
            caps[i] = freeCounts[i];
        }
        long[] parts = Apportionment.split(Math.min(count, sum(caps)), weights, caps);
        for (int i = 0; i < bands.length; i++) {
            reallocateCounts[i] = all ? Math.round(weights[i]) : parts[i];
        }
    }

    long freeCount(int band) {
        return freeCounts[band];
    }

    long freedBytes(int band) {
        long[] row = bands[band];
        long allocatedBytes = row[BandRow.ALLOCATE_BYTES];
        if (row[BandRow.FREED_BYTES] != 0 || freeCounts[band] == 0) {
            return row[BandRow.FREED_BYTES];
        }
        if (freeCounts[band] == row[BandRow.ALLOCATE_COUNT]) {
            return allocatedBytes;
        }
        if (allFollowed[band] && row[BandRow.FOLLOWED_BYTES] == allocatedBytes) {
            return allocatedBytes - row[BandRow.LIVE_BYTES];
        }
        double byCount = (double) freeCounts[band] / row[BandRow.ALLOCATE_COUNT];
        double sizeBias = row[BandRow.FREE_WEIGHT] == 0
                ? 1
                : ratio(row[BandRow.FOLLOWED_BYTES] - row[BandRow.LIVE_BYTES], row[BandRow.FOLLOWED_BYTES])
                        / ratio(row[BandRow.FREE_WEIGHT], row[BandRow.FOLLOWED_WEIGHT]);
        return Math.clamp(Math.round(allocatedBytes * byCount * sizeBias), 0L, allocatedBytes);
    }

    /** The frees of a band that a column of weights stands for. */
    long freesOf(int band, long weight) {
        return Math.round(freeCounts[band] * ratio(weight, bands[band][BandRow.FREE_WEIGHT]));
    }

    long reallocateCount(int band) {
        return reallocateCounts[band];
    }

    long growCount(int band) {
        long[] row = bands[band];
        return Math.round(reallocateCounts[band] * ratio(row[BandRow.GROW_WEIGHT], row[BandRow.REALLOCATE_WEIGHT]));
    }

    /** Frees beyond all that can have been of blocks seen. */
    long unknownFreeCount() {
        return unknownFreeCount;
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : Math.clamp((double) part / whole, 0.0, 1.0);
    }

    private static long sum(double[] values) {
        double sum = 0;
        for (double value : values) {
            sum += value;
        }
        return Math.round(sum);
    }

    private static long sum(long[] values) {
        long sum = 0;
        for (long value : values) {
            sum += value;
        }
        return sum;
    }
}
