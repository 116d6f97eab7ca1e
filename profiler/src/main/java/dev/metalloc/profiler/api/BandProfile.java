// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import org.HdrHistogram.Histogram;

/**
 * The allocations of one entry point whose requested bytes lie in {@code (2^(log2-1), 2^log2]}; band 0 holds sizes 0 and 1.
 *
 * <p>{@code lifoFreeCount + fifoFreeCount + randomFreeCount + bulkFreeCount <= freeCount}: a free whose order could not
 * be told is in none of them.
 *
 * @param log2 the band's number, 0..62
 * @param remoteFreeCount frees by another thread than the allocating one
 * @param lifoFreeCount frees of the newest live block, or in falling order of age
 * @param fifoFreeCount frees in rising order of age
 * @param bulkFreeCount frees together with an arena
 * @param reallocateCount reallocations of blocks of this band (each also counts as a free here and an allocation in the band of its new size)
 * @param growCount reallocations to a larger size
 * @param zeroedCount allocations that were promised zeroed memory
 * @param alignedCount allocations that asked for an alignment above 16
 * @param minByteSize smallest requested size seen
 * @param maxByteSize largest requested size seen
 * @param maxByteAlignment largest alignment asked for
 * @param peakLiveBytes most requested bytes of this band live at once (sampled over time, so a lower bound)
 * @param lifetimeNanos from allocate to free, of freed blocks; to within a tick of the clock, ten milliseconds
 * @param lifetimeBytes bytes allocated by the allocating thread between allocate and free, of freed blocks
 */
public record BandProfile(
        int log2,
        long allocateCount,
        long allocateBytes,
        long freeCount,
        long freedBytes,
        long remoteFreeCount,
        long lifoFreeCount,
        long fifoFreeCount,
        long randomFreeCount,
        long bulkFreeCount,
        long reallocateCount,
        long growCount,
        long zeroedCount,
        long alignedCount,
        long minByteSize,
        long maxByteSize,
        long maxByteAlignment,
        long peakLiveBytes,
        Histogram lifetimeNanos,
        Histogram lifetimeBytes) {

    public long liveCount() {
        return allocateCount - freeCount;
    }

    public long liveBytes() {
        return allocateBytes - freedBytes;
    }
}
