// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * What a recorder had counted at one moment, as plain arrays: the form in which it leaves the place below the application.
 *
 * <p>The arrays belong to whoever gets the snapshot.
 *
 * @param totals {@link TotalsRow}
 * @param entryPoints one {@link EntryRow} for each entry point that saw an event, in their order
 * @param arenaAllocations blocks per arena for each of entryPoints, buckets of {@link EntryRow#ARENA_SUB_BITS}; else empty
 * @param arenaBytes the same for bytes per arena
 * @param rangePeaks for each of entryPoints the most bytes that neighbouring bands held together, by {@link SizeBands#range}
 * @param bursts for each of entryPoints rows of {@link BurstRows}
 * @param bands {@link BandRow}s, by entry point, then by band
 * @param threads {@link ThreadRow}s for the names beside them
 * @param otherThreads the sum of the threads that are not named
 * @param entryTimeLines for each of entryPoints what timeLine is for all
 * @param timeLine elapsed milliseconds, live bytes, allocated bytes, allocated blocks
 * @param sites {@link SiteRow}s; their frames, innermost first, are in the three arrays beside them
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, compared by nobody
public record RawSnapshot(
        long[] totals,
        long[][] entryPoints,
        long[][] arenaAllocations,
        long[][] arenaBytes,
        long[][] rangePeaks,
        long[][][] bursts,
        long[][][] entryTimeLines,
        long[][] bands,
        String[] threadNames,
        long[][] threads,
        long[] otherThreads,
        long[][] timeLine,
        long[][] sites,
        String[][] siteClassNames,
        String[][] siteMethodNames,
        int[][] siteLines) {}
