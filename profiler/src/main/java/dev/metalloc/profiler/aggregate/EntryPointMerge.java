// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.ArenaShapes;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.Callers;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.RangePeaks;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** Adds up what came through one entry point in two profiles. */
final class EntryPointMerge {
    private EntryPointMerge() {}

    static EntryPointProfile sum(EntryPointProfile a, EntryPointProfile b) {
        return new EntryPointProfile(
                a.entryPoint(),
                bands(a.bands(), b.bands()),
                Histograms.sum(a.sizes(), b.sizes()),
                Math.max(a.peakLiveBytes(), b.peakLiveBytes()),
                a.unknownFreeCount() + b.unknownFreeCount(),
                a.virtualThreadAllocateCount() + b.virtualThreadAllocateCount(),
                sum(a.arenas(), b.arenas()),
                Histograms.sum(a.reallocateChains(), b.reallocateChains()),
                isKnown(a) && isKnown(b) ? RangePeaks.highest(a.rangePeaks(), b.rangePeaks()) : RangePeaks.UNKNOWN,
                AllocationBurst.some(a.bursts(), b.bursts()),
                a.nativeFreeCount() + b.nativeFreeCount(),
                Profiles.longer(a.timeLine(), b.timeLine()),
                Callers.of(a.callers(), b.callers()));
    }

    private static boolean isKnown(EntryPointProfile entryPoint) {
        return entryPoint.bands().isEmpty() || entryPoint.rangePeaks().isKnown();
    }

    private static List<BandProfile> bands(List<BandProfile> a, List<BandProfile> b) {
        TreeMap<Integer, BandProfile> merged = new TreeMap<>();
        a.forEach(band -> merged.put(band.log2(), band));
        b.forEach(band -> merged.merge(band.log2(), band, EntryPointMerge::sum));
        return new ArrayList<>(merged.values());
    }

    private static BandProfile sum(BandProfile a, BandProfile b) {
        return new BandProfile(
                a.log2(),
                a.allocateCount() + b.allocateCount(),
                a.allocateBytes() + b.allocateBytes(),
                a.freeCount() + b.freeCount(),
                a.freedBytes() + b.freedBytes(),
                a.remoteFreeCount() + b.remoteFreeCount(),
                a.lifoFreeCount() + b.lifoFreeCount(),
                a.fifoFreeCount() + b.fifoFreeCount(),
                a.randomFreeCount() + b.randomFreeCount(),
                a.bulkFreeCount() + b.bulkFreeCount(),
                a.reallocateCount() + b.reallocateCount(),
                a.growCount() + b.growCount(),
                a.zeroedCount() + b.zeroedCount(),
                a.alignedCount() + b.alignedCount(),
                minByteSize(a, b),
                Math.max(a.maxByteSize(), b.maxByteSize()),
                Math.max(a.maxByteAlignment(), b.maxByteAlignment()),
                Math.max(a.peakLiveBytes(), b.peakLiveBytes()),
                Histograms.sum(a.lifetimeNanos(), b.lifetimeNanos()),
                Histograms.sum(a.lifetimeBytes(), b.lifetimeBytes()));
    }

    /** A band without allocations (frees of blocks from before) has no smallest size. */
    private static long minByteSize(BandProfile a, BandProfile b) {
        if (a.allocateCount() == 0 || b.allocateCount() == 0) {
            return Math.max(a.minByteSize(), b.minByteSize());
        }
        return Math.min(a.minByteSize(), b.minByteSize());
    }

    private static ArenaShapes sum(ArenaShapes a, ArenaShapes b) {
        return new ArenaShapes(
                a.openCount() + b.openCount(),
                a.closeCount() + b.closeCount(),
                a.remoteCloseCount() + b.remoteCloseCount(),
                a.nestedOpenCount() + b.nestedOpenCount(),
                a.outOfOrderCloseCount() + b.outOfOrderCloseCount(),
                Math.max(a.maxOpenCount(), b.maxOpenCount()),
                Histograms.sum(a.allocationsPerArena(), b.allocationsPerArena()),
                Histograms.sum(a.bytesPerArena(), b.bytesPerArena()));
    }
}
