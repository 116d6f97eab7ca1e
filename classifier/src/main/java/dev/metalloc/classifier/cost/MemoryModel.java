// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.SizeCounts;

/** Bytes held at the peak for the blocks of one group of bands. Immutable. */
public final class MemoryModel {

    // One part-filled slab per class and thread; half of 64 KiB, the usual slab, is the mean of what is not filled.
    private static final long PARTIAL_SLAB_BYTES = 32L << 10;

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

    /** Blocks of the given classes, and a part-filled slab of each class in each thread. */
    public long slabPeakBytes(
            AllocatorTraits slab, BandFeatures band, double wasteRatio, int classes, long threadCount) {
        return singleBlocks(slab, band, wasteRatio) + classes * PARTIAL_SLAB_BYTES * Math.max(1, threadCount);
    }

    /** Power-of-two blocks. */
    public long powerOfTwoPeakBytes(AllocatorTraits traits, BandFeatures band) {
        return singleBlocks(traits, band, powerOfTwoWaste(band.sizes()));
    }

    /** Blocks cut to size. */
    public long fittedPeakBytes(AllocatorTraits traits, BandFeatures band) {
        return singleBlocks(traits, band, 0);
    }

    private long singleBlocks(AllocatorTraits traits, BandFeatures band, double wasteRatio) {
        double blocks = band.peakLiveBytes() * (1 + wasteRatio) + band.peakLiveCount() * traits.overheadBytesPerBlock();
        return (long) (blocks * (1 + costs.slackRatio(traits.name())));
    }

    private static double powerOfTwoWaste(SizeCounts sizes) {
        double requested = 0;
        double rounded = 0;
        for (int i = 0; i < sizes.size(); i++) {
            long byteSize = Math.max(1, sizes.byteSize(i));
            requested += (double) byteSize * sizes.count(i);
            rounded += (double) roundedUp(byteSize) * sizes.count(i);
        }
        return requested == 0 ? 0 : rounded / requested - 1;
    }

    private static long roundedUp(long byteSize) {
        return byteSize <= 1 ? 1 : Long.highestOneBit(byteSize - 1) << 1;
    }
}
