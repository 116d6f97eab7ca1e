// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import java.util.List;
import org.HdrHistogram.Histogram;

/**
 * All that came through one entry point.
 *
 * @param bands one for each power-of-two band of sizes that saw an allocation, smallest first
 * @param sizes requested bytes of every allocation, three significant digits
 * @param peakLiveBytes most requested bytes live at once through this entry point
 * @param unknownFreeCount frees of blocks whose allocation was not seen
 * @param virtualThreadAllocateCount allocations made by virtual threads
 * @param arenas shapes of the arenas; all zero for entry points that are none
 */
public record EntryPointProfile(
        EntryPoint entryPoint,
        List<BandProfile> bands,
        Histogram sizes,
        long peakLiveBytes,
        long unknownFreeCount,
        long virtualThreadAllocateCount,
        ArenaShapes arenas) {

    public EntryPointProfile {
        bands = List.copyOf(bands);
    }

    public long allocateCount() {
        return bands.stream().mapToLong(BandProfile::allocateCount).sum();
    }

    public long allocateBytes() {
        return bands.stream().mapToLong(BandProfile::allocateBytes).sum();
    }

    public long freeCount() {
        return bands.stream().mapToLong(BandProfile::freeCount).sum();
    }

    public long freedBytes() {
        return bands.stream().mapToLong(BandProfile::freedBytes).sum();
    }
}
