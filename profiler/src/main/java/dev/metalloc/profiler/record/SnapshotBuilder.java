// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Copies a recorder's counters into a snapshot; used once, under the registry's reading lock. */
final class SnapshotBuilder {
    private static final long[][] NO_ROWS = {};

    private final Recorder recorder;
    private final RecorderTicks ticks;
    private final @Nullable EntryRecord[] totals;

    SnapshotBuilder(Recorder recorder, RecorderTicks ticks) {
        this.recorder = recorder;
        this.ticks = ticks;
        this.totals = recorder.totals();
    }

    RawSnapshot build() {
        int entryCount = 0;
        for (int i = 0; i < totals.length; i++) {
            entryCount += totals[i] == null ? 0 : 1;
        }
        long[][] entries = new long[entryCount][];
        long[][] arenaAllocations = new long[entryCount][];
        long[][] arenaBytes = new long[entryCount][];
        long[][] rangePeaks = new long[entryCount][];
        long[][][] bursts = new long[entryCount][][];
        long[][][] entryTimeLines = new long[entryCount][][];
        int at = 0;
        for (int i = 0; i < totals.length; i++) {
            EntryRecord total = totals[i];
            if (total != null) {
                entries[at] = entryRow(total);
                rangePeaks[at] = ticks.rangePeakBytes(i);
                entryTimeLines[at] = ticks.timeLine(i);
                bursts[at] = total.collected == null ? NO_ROWS : total.collected.copies();
                arenaAllocations[at] = total.arenas == null ? new long[0] : total.arenas.allocationsPerArena;
                arenaBytes[at++] = total.arenas == null ? new long[0] : total.arenas.bytesPerArena;
            }
        }
        NamedThreads threads = new NamedThreads(recorder.registry);
        int siteCount = recorder.sites.count();
        return new RawSnapshot(
                totalsRow(threads),
                entries,
                arenaAllocations,
                arenaBytes,
                rangePeaks,
                bursts,
                entryTimeLines,
                bands(),
                threads.names(),
                threads.rows(),
                threads.others(),
                ticks.timeLine(),
                siteRows(siteCount),
                siteFrames(siteCount, true),
                siteFrames(siteCount, false),
                siteLines(siteCount));
    }

    private long[] entryRow(EntryRecord total) {
        total.counters[EntryRow.ENTRY_POINT] = total.entryPoint;
        total.counters[EntryRow.MISSED_FREE_COUNT] = total.missedFreeCount();
        total.counters[EntryRow.NATIVE_FREE_COUNT] = recorder.blocks.nativeFrees.count(total.entryPoint);
        total.counters[EntryRow.CALLERS] = recorder.callers(total.entryPoint);
        total.counters[EntryRow.PEAK_LIVE_BYTES] = recorder.liveBytes.peak(total.entryPoint);
        return total.counters;
    }

    private long[][] bands() {
        long[][] rows = new long[Recorder.ENTRY_POINTS * SizeBands.COUNT][];
        int count = 0;
        for (int i = 0; i < totals.length; i++) {
            EntryRecord total = totals[i];
            for (int band = 0; total != null && band < SizeBands.COUNT; band++) {
                long[] row = total.bandOrNull(band);
                if (row != null) {
                    row[BandRow.ENTRY_POINT] = i;
                    row[BandRow.LOG2] = band;
                    row[BandRow.FREE_WEIGHT] = BandRow.freeWeight(row);
                    row[BandRow.PEAK_LIVE_BYTES] = ticks.bandPeakBytes(i, band);
                    rows[count++] = row;
                }
            }
        }
        return count == 0 ? NO_ROWS : Arrays.copyOf(rows, count);
    }

    private long[] totalsRow(NamedThreads threads) {
        long[] row = new long[TotalsRow.LENGTH];
        row[TotalsRow.ELAPSED_NANOS] = recorder.elapsedNanos();
        row[TotalsRow.PEAK_LIVE_BYTES] = recorder.liveBytes.peak(LiveBytes.TOTAL);
        row[TotalsRow.THREAD_COUNT] = threads.heldCount() + recorder.registry.ended.count();
        row[TotalsRow.ENDED_THREAD_COUNT] = recorder.registry.ended.count();
        row[TotalsRow.MAX_ALIVE_THREAD_COUNT] = recorder.registry.maxAliveCount();
        row[TotalsRow.HELD_BYTES] = recorder.heldBytes();
        row[TotalsRow.STACK_SAMPLE_COUNT] = threads.stackSampleCount();
        row[TotalsRow.STACK_SAMPLE_NANOS] = threads.stackSampleNanos();
        row[TotalsRow.DROPPED_BLOCK_COUNT] = recorder.droppedBlockCount();
        row[TotalsRow.DROPPED_SAMPLE_COUNT] = recorder.sites.droppedCount();
        row[TotalsRow.PEAK_HEAP_LIVE_BYTES] = ticks.peakHeapLiveBytes();
        return row;
    }

    private long[][] siteRows(int count) {
        long[][] rows = new long[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = site(i).row();
        }
        return rows;
    }

    private String[][] siteFrames(int count, boolean classes) {
        String[][] names = new String[count][];
        for (int i = 0; i < count; i++) {
            names[i] =
                    classes ? site(i).classNames.clone() : site(i).methodNames.clone();
        }
        return names;
    }

    private int[][] siteLines(int count) {
        int[][] lines = new int[count][];
        for (int i = 0; i < count; i++) {
            lines[i] = site(i).lines.clone();
        }
        return lines;
    }

    private SiteRecord site(int index) {
        SiteRecord site = recorder.sites.site(index + 1);
        if (site == null) {
            throw new AssertionError("site " + (index + 1) + " was counted before it was stored");
        }
        return site;
    }
}
