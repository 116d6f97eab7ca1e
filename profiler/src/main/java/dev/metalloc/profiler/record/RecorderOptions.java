// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * How much a recorder keeps and how much memory it may take.
 *
 * @param sampleIntervalBytes mean distance between two sampled call sites, in allocated bytes; not used with everySite
 * @param everySite take the call site of every allocation
 * @param maxLiveBlocks blocks followed from allocate to free at once, over all entry points; more are counted, not followed
 * @param maxSites call sites told apart
 * @param liveFlushBytes a thread's change of the live bytes that it may keep to itself: the peaks are exact to within
 *     this times the number of threads
 */
public record RecorderOptions(
        long sampleIntervalBytes, boolean everySite, int maxLiveBlocks, int maxSites, int liveFlushBytes) {

    /** A stack walk costs ten microseconds and more: one in a mebibyte keeps that below one per cent at a gigabyte a second. */
    public static final long DEFAULT_SAMPLE_INTERVAL_BYTES = 1 << 20;

    public static final int DEFAULT_MAX_LIVE_BLOCKS = 4 << 20;
    public static final int DEFAULT_MAX_SITES = 4096;
    public static final int DEFAULT_LIVE_FLUSH_BYTES = 4096;

    public RecorderOptions {
        require(sampleIntervalBytes > 0, "sampleIntervalBytes", sampleIntervalBytes, "above 0");
        require(maxLiveBlocks >= 0, "maxLiveBlocks", maxLiveBlocks, "at least 0");
        require(maxSites >= 1 && maxSites <= SiteTable.MAX_SITES, "maxSites", maxSites, "1 to 65535");
        require(liveFlushBytes >= 0, "liveFlushBytes", liveFlushBytes, "at least 0");
    }

    public static RecorderOptions sampled() {
        return sampled(DEFAULT_SAMPLE_INTERVAL_BYTES);
    }

    public static RecorderOptions sampled(long sampleIntervalBytes) {
        return new RecorderOptions(
                sampleIntervalBytes, false, DEFAULT_MAX_LIVE_BLOCKS, DEFAULT_MAX_SITES, DEFAULT_LIVE_FLUSH_BYTES);
    }

    public static RecorderOptions full() {
        return new RecorderOptions(
                DEFAULT_SAMPLE_INTERVAL_BYTES,
                true,
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
