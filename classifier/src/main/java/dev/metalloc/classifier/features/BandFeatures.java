// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.features;

/**
 * What the allocations of some bands of sizes have in common: an application's, an entry point's, or a group's.
 *
 * @param minByteSize smallest request seen
 * @param maxByteSize largest request seen
 * @param freeRatio blocks freed, of those allocated
 * @param remoteFreeRatio frees by another thread, of all frees
 * @param lifoFreeRatio as the three after it: of the frees whose order could be told; the four sum to 1, or are all 0
 * @param growRatio reallocations to a larger size, of all allocations
 * @param zeroedRatio allocations promised zeroed memory, of all
 * @param alignedRatio allocations aligned above 16, of all
 * @param unknownFreeRatio frees of blocks whose allocation was not seen, of all frees
 * @param lifetimeNanosMedian from allocate to free
 * @param lifetimeBytesMedian bytes the thread allocated between allocate and free
 * @param lifetimeDecades powers of ten between the 5th and the 95th percentile of lifetimes in bytes
 * @param peakLiveBytes most requested bytes live at once, or a bound of it
 */
public record BandFeatures(
        long minByteSize,
        long maxByteSize,
        long allocateCount,
        long allocateBytes,
        long freeCount,
        double allocatesPerSecond,
        double freeRatio,
        double remoteFreeRatio,
        double lifoFreeRatio,
        double fifoFreeRatio,
        double randomFreeRatio,
        double bulkFreeRatio,
        double growRatio,
        double zeroedRatio,
        double alignedRatio,
        double unknownFreeRatio,
        long maxByteAlignment,
        SizeCounts sizes,
        double lifetimeNanosMedian,
        double lifetimeBytesMedian,
        double lifetimeDecades,
        long peakLiveBytes) {

    public double meanByteSize() {
        return allocateCount == 0 ? 0 : (double) allocateBytes / allocateCount;
    }

    /** Blocks live at the peak, told from bytes. */
    public double peakLiveCount() {
        return peakLiveBytes / Math.max(1, meanByteSize());
    }
}
