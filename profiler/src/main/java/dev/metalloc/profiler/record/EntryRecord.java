// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/** What one thread did through one entry point; written by that thread alone, read by any, whole longs at a time. */
final class EntryRecord {
    /** Bytes live that {@link LiveBytes} does not know of yet; of arenas, those that it knows. */
    long flushedLiveBytes;

    /** Bytes of arenas' blocks that this thread has ended. */
    long freedArenaBytes;

    /** Frees in {@link #quick} that the rows of bands, or other threads, account for. */
    long accountedFreeCount;

    /** The largest block asked for. */
    long maxByteSize;

    /** Blocks live that {@link #quick} does not count: those of threads added up here, less other threads' that this one freed. */
    long liveBlocksElsewhere;

    /** {@link #missedFreeCount} of the threads added up here. */
    private long missedFreesElsewhere;

    /** {@link #clockCount} and {@link #clockBytes} of the threads added up here, and bytes that the thread's clock is not to show. */
    private long clockCountElsewhere;

    private long clockBytesElsewhere;

    final int entryPoint;
    final QuickCounts quick;
    final long[] counters = new long[EntryRow.LENGTH];
    final FreeOrder order = new FreeOrder();
    private final long[] @Nullable [] bands = new long[SizeBands.COUNT][];
    final @Nullable ArenaCounts arenas;
    /** Knows which of the arenas' blocks in {@link #quick} are live; null where there are none. */
    private final @Nullable ThreadArenas openArenas;

    /** Of entry points that are neither arenas nor mapped files. */
    final @Nullable Bursts bursts;
    /** Of the threads added up here; null in a thread's own. */
    final @Nullable CollectedBursts collected;

    /**
     * A thread's own.
     *
     * @param openArenas the thread's, for those that it opens for itself
     */
    EntryRecord(int entryPoint, QuickCounts quick, @Nullable ThreadArenas openArenas, @Nullable Bursts bursts) {
        this(entryPoint, quick, openArenas, bursts, null);
    }

    private EntryRecord(
            int entryPoint,
            QuickCounts quick,
            @Nullable ThreadArenas openArenas,
            @Nullable Bursts bursts,
            @Nullable CollectedBursts collected) {
        this.bursts = bursts;
        this.collected = collected;
        this.entryPoint = entryPoint;
        this.quick = quick;
        this.openArenas = openArenas;
        this.arenas = Recorder.isArena(entryPoint) ? new ArenaCounts() : null;
    }

    /** One that is only added to. */
    static EntryRecord total(int entryPoint) {
        return new EntryRecord(entryPoint, QuickCounts.none(), null, null, new CollectedBursts());
    }

    long[] band(int band) {
        long[] row = bands[band];
        return row != null ? row : addBand(band);
    }

    /** Without what {@link #quick} has counted. */
    long @Nullable [] bandOrNull(int band) {
        return bands[band];
    }

    /** Adds the bytes live to those of their bands; negative where this thread freed what others allocated. */
    @OutOfLine
    void addLiveBytes(long[] bandBytes) {
        for (int band = 0; band < SizeBands.COUNT; band++) {
            long[] row = bands[band];
            if (row != null) {
                bandBytes[band] += arenas != null
                        ? row[BandRow.ALLOCATE_BYTES] - row[BandRow.FREED_BYTES]
                        : row[BandRow.LIVE_BYTES];
            }
        }
        if (openArenas != null) {
            openArenas.records().addNotedBytes(bandBytes);
        }
        quick.addLiveBytes(bandBytes);
    }

    /** Blocks that this thread allocated less those it freed; only the sum over all threads is the number of live ones. */
    long liveBlocks() {
        return quick.liveCount() + liveBlocksElsewhere;
    }

    /** {@link EntryRow#MISSED_FREE_COUNT}. */
    long missedFreeCount() {
        return quick.freeCount() - accountedFreeCount + missedFreesElsewhere;
    }

    /** All frees by this thread, those of unknown blocks included. */
    long freeCount() {
        return arenas != null
                ? sum(BandRow.FREE_COUNT) + quick.countedBlocks() - notedBlocks()
                : sum(BandRow.FOLLOWED_FREE_COUNT) + quick.freedAtOnceCount() + missedFreeCount();
    }

    long allocateCount() {
        return sum(BandRow.ALLOCATE_COUNT) + quick.countedBlocks();
    }

    long allocateBytes() {
        return sum(BandRow.ALLOCATE_BYTES) + quick.countedBytes();
    }

    /** {@link #allocateCount} at the price of two loads. While the thread runs it may be one event out of step. */
    long clockCount() {
        return quick.allocateCount() + clockCountElsewhere;
    }

    /** {@link #allocateBytes} likewise; while the thread runs it may be out of step by the distance of two followed blocks. */
    long clockBytes() {
        return quick.clockBytes() + clockBytesElsewhere;
    }

    /** Leaves one byte of a block that was counted just now on the thread's clock, so that no two have the same birth. */
    void takeOffClock(long byteSize) {
        quick.setBack(byteSize - 1);
        clockBytesElsewhere += byteSize - 1;
    }

    /** Over the rows of all bands, to which {@link #quick} adds allocations only. */
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
                + (arenas == null ? 0 : ArenaCounts.HELD_LONGS);
        return longs * Long.BYTES
                + order.heldBytes()
                + quick.heldBytes()
                + (bursts == null ? 0 : bursts.heldBytes())
                + (collected == null ? 0 : collected.heldBytes());
    }

    /** Whether the block that was counted just now is of a burst. */
    boolean wantsNextOfBurst() {
        return bursts != null && bursts.wants(quick.allocateCount());
    }

    /** Counts the free of a block of this thread. */
    void countFree() {
        long liveCount = quick.liveCount();
        quick.countFree();
        if (quick.watches(liveCount)) {
            quick.watch(order.freed(liveCount));
        }
    }

    /** Adds what this one holds to a record that the caller owns. */
    void addTo(EntryRecord total) {
        for (int band = 0; band < SizeBands.COUNT; band++) {
            long[] row = bands[band];
            if (row != null) {
                BandRow.add(total.band(band), row);
            }
        }
        quick.addTo(total);
        if (openArenas != null) {
            openArenas.records().uncountNoted(total);
            openArenas.addSoleTo(total.counters);
        }
        total.missedFreesElsewhere += missedFreeCount();
        total.liveBlocksElsewhere += liveBlocks();
        total.clockCountElsewhere += clockCount();
        total.clockBytesElsewhere += clockBytes();
        total.maxByteSize = Math.max(total.maxByteSize, maxByteSize);
        EntryRow.add(total.counters, counters);
        if (arenas != null && total.arenas != null) {
            arenas.addTo(total.arenas);
        }
        if (total.collected != null) {
            addBursts(total.collected);
        }
    }

    /** To be called once the thread has ended and was added to what stays. */
    void release() {
        if (bursts != null) {
            bursts.release();
        }
    }

    private void addBursts(CollectedBursts total) {
        if (bursts != null) {
            bursts.addTo(total);
        }
        if (collected != null) {
            collected.addTo(total);
        }
    }

    private long notedBlocks() {
        return openArenas == null ? 0 : openArenas.records().notedBlocks();
    }

    private long[] addBand(int band) {
        long[] row = BandRow.empty();
        bands[band] = row;
        return row;
    }
}
