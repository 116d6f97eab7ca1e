// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * How much a recorder keeps and how much memory it may take.
 *
 * @param lifetimeIntervalBytes mean distance between two blocks that are followed from allocate to free, in allocated
 *     bytes; 0 follows all
 * @param stackIntervalBytes mean distance between two blocks whose call site is taken, not below the one before; 0 takes all
 * @param certainBlocks the first blocks of each thread, entry point and size band that are followed whatever the
 *     dice say, so that what is rare is known as well
 * @param certainStacks the first of those, over all threads, whose call site is taken
 * @param maxLiveBlocks blocks followed at once, over all entry points; more are counted, not followed
 * @param maxSites call sites told apart
 * @param liveFlushBytes a thread's change of the live bytes that it may keep to itself: the peaks are off by up to this
 *     times the number of threads
 */
public record RecorderOptions(
        long lifetimeIntervalBytes,
        long stackIntervalBytes,
        long certainBlocks,
        int certainStacks,
        int maxLiveBlocks,
        int maxSites,
        int liveFlushBytes) {

    /** A gigabyte a second then makes 16,000 followed blocks, some 0.2 microseconds each. */
    public static final long DEFAULT_LIFETIME_INTERVAL_BYTES = 64 << 10;

    /** A deep stack's walk costs up to 80 microseconds: one in four mebibytes keeps that to 2 % at a gigabyte a second. */
    public static final long DEFAULT_STACK_INTERVAL_BYTES = 4 << 20;

    /** Where every block is followed: at a gigabyte a second 2,000 stacks, 3 to 10 % of one core. */
    public static final long DENSE_STACK_INTERVAL_BYTES = 512 << 10;

    public static final long DEFAULT_CERTAIN_BLOCKS = 64;
    public static final int DEFAULT_CERTAIN_STACKS = 256;
    public static final int DEFAULT_MAX_LIVE_BLOCKS = 4 << 20;
    public static final int DEFAULT_MAX_SITES = 4096;
    public static final int DEFAULT_LIVE_FLUSH_BYTES = 4096;

    public RecorderOptions {
        require(lifetimeIntervalBytes >= 0, "lifetimeIntervalBytes", lifetimeIntervalBytes, "at least 0");
        require(
                stackIntervalBytes >= lifetimeIntervalBytes,
                "stackIntervalBytes",
                stackIntervalBytes,
                "at least lifetimeIntervalBytes");
        require(certainBlocks >= 0, "certainBlocks", certainBlocks, "at least 0");
        require(certainStacks >= 0, "certainStacks", certainStacks, "at least 0");
        require(maxLiveBlocks >= 0, "maxLiveBlocks", maxLiveBlocks, "at least 0");
        require(maxSites >= 1 && maxSites <= SiteTable.MAX_SITES, "maxSites", maxSites, "1 to 65535");
        require(liveFlushBytes >= 0, "liveFlushBytes", liveFlushBytes, "at least 0");
    }

    public static RecorderOptions sampled() {
        return sampled(DEFAULT_LIFETIME_INTERVAL_BYTES, DEFAULT_STACK_INTERVAL_BYTES);
    }

    public static RecorderOptions sampled(long lifetimeIntervalBytes, long stackIntervalBytes) {
        return of(lifetimeIntervalBytes, stackIntervalBytes, DEFAULT_CERTAIN_BLOCKS);
    }

    /** Follows every block, and takes more call sites than {@link #sampled()} does. */
    public static RecorderOptions everyBlock() {
        return of(0, DENSE_STACK_INTERVAL_BYTES, Long.MAX_VALUE);
    }

    /** Follows every block and takes the call site of each: some five microseconds a block where a stack must be walked. */
    public static RecorderOptions full() {
        return of(0, 0, Long.MAX_VALUE);
    }

    /** Whether each block is followed, so that a free of one that is not is of an unknown one. */
    boolean followsAll() {
        return lifetimeIntervalBytes == 0;
    }

    private static RecorderOptions of(long lifetimeIntervalBytes, long stackIntervalBytes, long certainBlocks) {
        return new RecorderOptions(
                lifetimeIntervalBytes,
                stackIntervalBytes,
                certainBlocks,
                DEFAULT_CERTAIN_STACKS,
                DEFAULT_MAX_LIVE_BLOCKS,
                DEFAULT_MAX_SITES,
                DEFAULT_LIVE_FLUSH_BYTES);
    }

    private static void require(boolean holds, String name, long value, String expected) {
        if (!holds) {
            throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
        }
    }
}
