// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.features;

import dev.metalloc.profiler.api.ArenaShapes;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ThreadSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Brings a profile down to features. Any thread. */
public final class FeatureExtractor {

    // A thread with less than this part of the busiest one's allocations shares no load worth a thread cache.
    private static final double ACTIVE_THREAD_RATIO = 0.01;
    // Blocks of an arena are aligned to 16, as with malloc.
    private static final long BLOCK_QUANTUM_BYTES = 16;
    // One arena in a thousand may fall back to the JDK; sizing for the very largest would hold its memory for ever.
    private static final double ARENA_PERCENTILE = 99.9;
    // They run what cleaners have to do: direct buffers that nobody frees, automatic arenas.
    private static final Set<String> COLLECTOR_THREADS = Set.of("Reference Handler", "Common-Cleaner", "Finalizer");

    private FeatureExtractor() {}

    public static ApplicationFeatures extract(Profile profile) {
        double seconds = seconds(profile);
        List<EntryPointFeatures> entryPoints = new ArrayList<>();
        for (EntryPointProfile entryPoint : profile.entryPoints()) {
            entryPoints.add(entryPoint(entryPoint, seconds));
        }
        TimeLine timeLine = new TimeLine(profile.timeLine());
        long allocations = Math.max(1, profile.allocateCount());
        long virtual = profile.entryPoints().stream()
                .filter(entryPoint -> !entryPoint.entryPoint().isApart())
                .mapToLong(EntryPointProfile::virtualThreadAllocateCount)
                .sum();
        return new ApplicationFeatures(
                seconds,
                seconds / Math.max(1, profile.run().runCount()),
                featureVersion(profile.run().javaVersion()),
                all(profile, entryPoints, seconds),
                activeThreads(profile.threads()),
                topThreadShare(profile.threads()),
                imbalance(profile.threads()),
                collectorFreeRatio(profile.threads()),
                sharing(profile.threads()),
                profile.threadCounts().endedCount() / seconds,
                (double) virtual / allocations,
                timeLine.rateVariation(),
                timeLine.rateErrorRatio(),
                timeLine.phaseCount(),
                entryPoints);
    }

    /** The features of some bands of an entry point. */
    public static BandFeatures bands(EntryPointFeatures entryPoint, List<BandProfile> bands, double durationSeconds) {
        long min = bands.stream().mapToLong(BandProfile::minByteSize).min().orElse(0);
        long max = bands.stream().mapToLong(BandProfile::maxByteSize).max().orElse(0);
        return new BandSum(bands)
                .features(
                        entryPoint.all().sizes().within(min, max),
                        durationSeconds,
                        0,
                        entryPoint.profile().peakLiveBytes());
    }

    /** The features of one entry point. */
    public static EntryPointFeatures entryPoint(EntryPointProfile profile, double seconds) {
        BandFeatures all = new BandSum(profile.bands())
                .features(SizeCounts.of(profile), seconds, profile.unknownFreeCount(), profile.peakLiveBytes());
        ArenaShapes arenas = profile.arenas();
        boolean shaped = arenas.allocationsPerArena().getTotalCount() > 0;
        long highBlocks = shaped ? arenas.allocationsPerArena().getValueAtPercentile(ARENA_PERCENTILE) : 0;
        long highBytes = shaped
                ? arenas.bytesPerArena().getValueAtPercentile(ARENA_PERCENTILE) + BLOCK_QUANTUM_BYTES * highBlocks
                : 0;
        return new EntryPointFeatures(
                profile.entryPoint(),
                all,
                (double) profile.virtualThreadAllocateCount() / Math.max(1, profile.allocateCount()),
                shaped ? Math.max(1, arenas.allocationsPerArena().getMean()) : 1,
                highBytes,
                highBlocks,
                arenas.maxOpenCount(),
                (double) arenas.outOfOrderCloseCount() / Math.max(1, arenas.closeCount()),
                profile);
    }

    private static BandFeatures all(Profile profile, List<EntryPointFeatures> entryPoints, double seconds) {
        List<BandProfile> bands = new ArrayList<>();
        List<SizeCounts> sizes = new ArrayList<>();
        long unknownFrees = 0;
        for (EntryPointFeatures entryPoint : entryPoints) {
            if (!entryPoint.entryPoint().isApart()) {
                bands.addAll(entryPoint.profile().bands());
                sizes.add(entryPoint.all().sizes());
                unknownFrees += entryPoint.profile().unknownFreeCount();
            }
        }
        return new BandSum(bands).features(SizeCounts.sum(sizes), seconds, unknownFrees, profile.peakLiveBytes());
    }

    // A run of no measured length would divide by zero; a millisecond is below what any run takes.
    private static double seconds(Profile profile) {
        return Math.max(1e-3, profile.run().durationNanos() / 1e9);
    }

    /** 25 of {@code 25.0.3+9-LTS}. */
    static int featureVersion(String javaVersion) {
        int end = 0;
        while (end < javaVersion.length() && end < 4 && Character.isDigit(javaVersion.charAt(end))) {
            end++;
        }
        return end == 0 ? 0 : Integer.parseInt(javaVersion.substring(0, end));
    }

    private static long activeThreads(List<ThreadSummary> threads) {
        long most = threads.stream().mapToLong(FeatureExtractor::events).max().orElse(0);
        return threads.stream()
                .filter(thread -> events(thread) > 0 && events(thread) >= ACTIVE_THREAD_RATIO * most)
                .count();
    }

    private static long events(ThreadSummary thread) {
        return thread.allocateCount() + thread.freeCount();
    }

    private static double topThreadShare(List<ThreadSummary> threads) {
        long most =
                threads.stream().mapToLong(ThreadSummary::allocateCount).max().orElse(0);
        long all = threads.stream().mapToLong(ThreadSummary::allocateCount).sum();
        return all == 0 ? 0 : (double) most / all;
    }

    private static double collectorFreeRatio(List<ThreadSummary> threads) {
        long all = threads.stream().mapToLong(ThreadSummary::freeCount).sum();
        long collected = threads.stream()
                .filter(thread -> COLLECTOR_THREADS.contains(thread.name()))
                .mapToLong(ThreadSummary::freeCount)
                .sum();
        return all == 0 ? 0 : (double) collected / all;
    }

    /** How likely two events after another are of different threads, if they come in any order. */
    public static double sharing(List<ThreadSummary> threads) {
        double all = threads.stream().mapToLong(FeatureExtractor::events).sum();
        double same = 0;
        for (ThreadSummary thread : threads) {
            double share = all == 0 ? 1 : events(thread) / all;
            same += share * share;
        }
        return threads.isEmpty() || all == 0 ? 0 : 1 - same;
    }

    private static double imbalance(List<ThreadSummary> threads) {
        double allocations =
                threads.stream().mapToLong(ThreadSummary::allocateCount).sum();
        double frees =
                (double) threads.stream().mapToLong(ThreadSummary::freeCount).sum();
        if (allocations == 0 || frees == 0) {
            return 0;
        }
        double difference = 0;
        for (ThreadSummary thread : threads) {
            difference += Math.abs(thread.allocateCount() / allocations - thread.freeCount() / frees);
        }
        return difference / 2;
    }
}
