// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/** What one thread did through one entry point; written by that thread alone, read by any, whole longs at a time. */
final class EntryRecord {
    /** Requested bytes allocated less freed that {@link LiveBytes} does not know of yet. */
    long unflushedLiveBytes;

    /** {@link EntryRow#MISSED_FREE_COUNT}. */
    long missedFreeCount;

    /** The largest block asked for. */
    long maxByteSize;

    /** Blocks live that {@link #order} does not count: those of threads added up here, less other threads' that this one freed. */
    long liveBlocksElsewhere;

    final int entryPoint;
    final long[] counters = new long[EntryRow.LENGTH];
    final FreeOrder order = new FreeOrder();
    private final long[] @Nullable [] bands = new long[SizeBands.COUNT][];
    final @Nullable ArenaCounts arenas;

    EntryRecord(int entryPoint) {
        this.entryPoint = entryPoint;
        this.arenas = Recorder.isArena(entryPoint) ? new ArenaCounts() : null;
    }

    long[] band(int band) {
        long[] row = bands[band];
        return row != null ? row : addBand(band);
    }

    long @Nullable [] bandOrNull(int band) {
        return bands[band];
    }

    long liveBytes() {
        return sum(BandRow.LIVE_BYTES);
    }

    /** Blocks that this thread allocated less those it freed; only the sum over all threads is the number of live ones. */
    long liveBlocks() {
        return order.liveCount() + liveBlocksElsewhere;
    }

    /** All frees by this thread, those of unknown blocks included. */
    long freeCount() {
        return arenas != null ? sum(BandRow.FREE_COUNT) : sum(BandRow.FOLLOWED_FREE_COUNT) + missedFreeCount;
    }

    long sum(int column) {
        long sum = 0;
        for (int band = 0; band < SizeBands.COUNT; band++) {
            long[] row = bands[band];
            sum += row == null ? 0 : row[column];
        }
        return sum;
    }

    long heldBytes() {
        long rows = 0;
        for (int band = 0; band < SizeBands.COUNT; band++) {
            rows += bands[band] == null ? 0 : 1;
        }
        long longs = EntryRow.LENGTH
                + rows * BandRow.LENGTH
                + SizeBands.COUNT / 2
                + FreeOrder.HELD_LONGS
                + (arenas == null ? 0 : ArenaCounts.HELD_LONGS);
        return longs * Long.BYTES;
    }

    /** Adds what this one holds to a record that the caller owns. */
    void addTo(EntryRecord total) {
        for (int band = 0; band < SizeBands.COUNT; band++) {
            long[] row = bands[band];
            if (row != null) {
                BandRow.add(total.band(band), row);
            }
        }
        total.missedFreeCount += missedFreeCount;
        total.liveBlocksElsewhere += liveBlocks();
        total.maxByteSize = Math.max(total.maxByteSize, maxByteSize);
        EntryRow.add(total.counters, counters);
        if (arenas != null && total.arenas != null) {
            arenas.addTo(total.arenas);
        }
    }

    private long[] addBand(int band) {
        long[] row = BandRow.empty();
        bands[band] = row;
        return row;
    }
}
