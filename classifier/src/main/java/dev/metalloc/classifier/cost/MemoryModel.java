// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import dev.metalloc.classifier.features.BandFeatures;

/** Bytes held at the peak for the blocks of one group of bands, where they are left and where frames serve them. Immutable. */
public final class MemoryModel {

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
}
