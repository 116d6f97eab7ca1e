// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;

/** Bytes held at the peak for the blocks of one group of bands, where they are left and where frames serve them. Immutable. */
public final class MemoryModel {

    /** Run mode lends no more. */
    private static final long MOST_LENT_FRAMES = 256;

    private static final long PAGE_BYTES = 4096;

    private final CostModel costs;

    public MemoryModel(CostModel costs) {
        this.costs = costs;
    }

    public long jdkPeakBytes(BandFeatures band) {
        return band.peakLiveBytes() + (long) (band.peakLiveCount() * costs.jdkOverheadBytes());
    }

    /** Frames are held whole, by each thread that allocates. */
    public long framePeakBytes(long frameBytes, long threadCount) {
        return frameBytes * Math.max(1, threadCount);
    }

    /** Frames that are lent to arenas of virtual threads, as far as these reach: the pages of as many as were open at once. */
    public long lentFramePeakBytes(EntryPointFeatures entryPoint) {
        double open = entryPoint.virtualThreadRatio()
                * entryPoint.all().peakLiveCount()
                / Math.max(1, entryPoint.blocksPerArena());
        long pages = (entryPoint.arenaBytesHigh() + PAGE_BYTES - 1) / PAGE_BYTES;
        return Math.min(MOST_LENT_FRAMES, (long) Math.ceil(open)) * Math.max(1, pages) * PAGE_BYTES;
    }
}
