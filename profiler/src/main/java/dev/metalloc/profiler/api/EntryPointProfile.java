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
 * @param reallocateChains how often each block that was reallocated at all was so, one value for a block and all it moved to;
 *     an estimate unless all blocks were followed
 * @param rangePeaks what neighbouring bands held together; observed now and then, as their own peaks are
 * @param bursts consecutive allocations, a sample of all, in order of their starts
 * @param nativeFreeCount blocks that were seen to have been freed or resized by native code, not by way of an entry point; of followed blocks
 *     alone, most of which go unnoticed: what counts is whether there are any
 * @param timeLine live bytes over time since its first event, of a single run (the longest where runs were merged); empty where not known
 * @param callers whose handles were called
 */
public record EntryPointProfile(
        EntryPoint entryPoint,
        List<BandProfile> bands,
        Histogram sizes,
        long peakLiveBytes,
        long unknownFreeCount,
        long virtualThreadAllocateCount,
        ArenaShapes arenas,
        Histogram reallocateChains,
        RangePeaks rangePeaks,
        List<AllocationBurst> bursts,
        long nativeFreeCount,
        List<TimePoint> timeLine,
        Callers callers) {

    public EntryPointProfile {
        bands = List.copyOf(bands);
        bursts = List.copyOf(bursts);
        timeLine = List.copyOf(timeLine);
    }

    /** One of whose chains of reallocations, of what bands held together, and of whose order and time line nothing is known. */
    public EntryPointProfile(
            EntryPoint entryPoint,
            List<BandProfile> bands,
            Histogram sizes,
            long peakLiveBytes,
            long unknownFreeCount,
            long virtualThreadAllocateCount,
            ArenaShapes arenas) {
        this(
                entryPoint,
                bands,
                sizes,
                peakLiveBytes,
                unknownFreeCount,
                virtualThreadAllocateCount,
                arenas,
                new Histogram(CHAIN_DIGITS),
                RangePeaks.UNKNOWN,
                List.of(),
                0,
                List.of(),
                Callers.UNKNOWN);
    }

    /** The same with chains of reallocations, what bands held together, and consecutive allocations. */
    public EntryPointProfile with(Histogram otherChains, RangePeaks otherPeaks, List<AllocationBurst> otherBursts) {
        return new EntryPointProfile(
                entryPoint,
                bands,
                sizes,
                peakLiveBytes,
                unknownFreeCount,
                virtualThreadAllocateCount,
                arenas,
                otherChains,
                otherPeaks,
                otherBursts,
                nativeFreeCount,
                timeLine,
                callers);
    }

    /** The same with blocks that native code freed. */
    public EntryPointProfile withNativeFrees(long count) {
        return new EntryPointProfile(
                entryPoint,
                bands,
                sizes,
                peakLiveBytes,
                unknownFreeCount,
                virtualThreadAllocateCount,
                arenas,
                reallocateChains,
                rangePeaks,
                bursts,
                count,
                timeLine,
                callers);
    }

    /** The same with another time line. */
    public EntryPointProfile withTimeLine(List<TimePoint> points) {
        return new EntryPointProfile(
                entryPoint,
                bands,
                sizes,
                peakLiveBytes,
                unknownFreeCount,
                virtualThreadAllocateCount,
                arenas,
                reallocateChains,
                rangePeaks,
                bursts,
                nativeFreeCount,
                points,
                callers);
    }

    /** The same with whose handles were called. */
    public EntryPointProfile with(Callers otherCallers) {
        return new EntryPointProfile(
                entryPoint,
                bands,
                sizes,
                peakLiveBytes,
                unknownFreeCount,
                virtualThreadAllocateCount,
                arenas,
                reallocateChains,
                rangePeaks,
                bursts,
                nativeFreeCount,
                timeLine,
                otherCallers);
    }

    /** Lengths are told apart exactly, however they are added up. */
    public static final int CHAIN_DIGITS = 2;

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
