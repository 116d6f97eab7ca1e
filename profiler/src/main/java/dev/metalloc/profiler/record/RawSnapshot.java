// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * What a recorder had counted at one moment, as plain arrays: the form in which it leaves the place below the application.
 *
 * <p>The arrays belong to whoever gets the snapshot. {@link #toArray} and {@link #ofArray} carry it between two copies of
 * this class, such as the one in the runtime image and the one beside the agent.
 *
 * @param totals {@link TotalsRow}
 * @param entryPoints one {@link EntryRow} for each entry point that saw an event, in their order
 * @param arenaAllocations blocks per arena for each of entryPoints, buckets of {@link EntryRow#ARENA_SUB_BITS}; else empty
 * @param arenaBytes the same for bytes per arena
 * @param bands {@link BandRow}s, by entry point, then by band
 * @param threads {@link ThreadRow}s for the names beside them
 * @param otherThreads the sum of the threads that are not named
 * @param timeLine elapsed milliseconds, live bytes, allocated bytes, allocated blocks
 * @param sites {@link SiteRow}s; their frames, innermost first, are in the three arrays beside them
 */
@SuppressWarnings("ArrayRecordComponent") // a carrier, compared by nobody
public record RawSnapshot(
        long[] totals,
        long[][] entryPoints,
        long[][] arenaAllocations,
        long[][] arenaBytes,
        long[][] bands,
        String[] threadNames,
        long[][] threads,
        long[] otherThreads,
        long[][] timeLine,
        long[][] sites,
        String[][] siteClassNames,
        String[][] siteMethodNames,
        int[][] siteLines) {

    private static final int COMPONENTS = 13;

    /** The components in their order, in types of the JDK alone. */
    public Object[] toArray() {
        return new Object[] {
            totals,
            entryPoints,
            arenaAllocations,
            arenaBytes,
            bands,
            threadNames,
            threads,
            otherThreads,
            timeLine,
            sites,
            siteClassNames,
            siteMethodNames,
            siteLines
        };
    }

    /** The reverse; fails where the array was made by another version of this class. */
    public static RawSnapshot ofArray(Object[] array) {
        if (array.length != COMPONENTS) {
            throw new IllegalArgumentException("snapshot with " + array.length + " parts (expected: " + COMPONENTS
                    + "; the recorder is of another version)");
        }
        return new RawSnapshot(
                (long[]) array[0],
                (long[][]) array[1],
                (long[][]) array[2],
                (long[][]) array[3],
                (long[][]) array[4],
                (String[]) array[5],
                (long[][]) array[6],
                (long[]) array[7],
                (long[][]) array[8],
                (long[][]) array[9],
                (String[][]) array[10],
                (String[][]) array[11],
                (int[][]) array[12]);
    }
}
