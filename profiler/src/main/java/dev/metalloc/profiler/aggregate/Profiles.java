// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.ProfilerCost;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.api.ThreadCounts;
import dev.metalloc.profiler.api.TimePoint;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Merges profiles: the same outcome in whatever order and grouping.
 *
 * <p>Weights: every event weighs the same, so that a thread or run counts as much as it did: a run of ten times the events
 * has ten times the say. Counts, bytes, histograms, run counts and durations add up; peaks, the most open or alive at once
 * and the recorder's memory take the larger; the smallest size takes the smaller. Of the time lines the longest is kept, of each entry
 * point's as well, and of what the C library's heaps held the pair of the run where most was more than live.
 * Sites are the same when hash and entry point are.
 *
 * <p>Whoever wants newer runs to weigh more merges them more often than old ones; a decay inside the merge would make it
 * depend on the order.
 */
public final class Profiles {
    /** Threads a merged profile names; four runs with nothing in common still keep all of theirs. */
    public static final int MAX_NAMED_THREADS = 4 * ProfileBuilder.MAX_NAMED_THREADS;

    static final Comparator<SiteProfile> SITE_ORDER = Comparator.comparingLong(SiteProfile::estimatedAllocateBytes)
            .reversed()
            .thenComparingLong(SiteProfile::siteHash)
            .thenComparing(SiteProfile::entryPoint);

    private static final Comparator<TimePoint> POINT_ORDER = Comparator.comparingLong(TimePoint::elapsedMillis)
            .thenComparingLong(TimePoint::liveBytes)
            .thenComparingLong(TimePoint::allocatedBytes)
            .thenComparingLong(TimePoint::allocatedCount);

    /** A run's two figures belong together: those of the run that held most beyond what was live. */
    private static final Comparator<HeapUse> HEAP_ORDER =
            Comparator.comparingLong(HeapUse::excessBytes).thenComparingLong(HeapUse::heldBytes);

    private Profiles() {}

    /** At least one; a single one is answered as it is. */
    public static Profile merge(List<Profile> profiles) {
        return profiles.stream()
                .reduce(Profiles::merge)
                .orElseThrow(() -> new IllegalArgumentException("no profiles (expected: at least one)"));
    }

    public static Profile merge(Profile a, Profile b) {
        return new Profile(
                run(a.run(), b.run()),
                entryPoints(a, b),
                sites(a, b),
                ThreadFold.firstNames(both(a.threads(), b.threads()), MAX_NAMED_THREADS),
                new ThreadCounts(
                        a.threadCounts().platformCount() + b.threadCounts().platformCount(),
                        a.threadCounts().endedCount() + b.threadCounts().endedCount(),
                        Math.max(
                                a.threadCounts().maxAliveCount(),
                                b.threadCounts().maxAliveCount())),
                longer(a.timeLine(), b.timeLine()),
                Math.max(a.peakLiveBytes(), b.peakLiveBytes()),
                cost(a.cost(), b.cost()),
                both(a.heaps().stream().toList(), b.heaps().stream().toList()).stream()
                        .max(HEAP_ORDER));
    }

    /**
     * How alike two profiles are, 0 to 1: the bytes that fall to the same entry point and band in both, as shares of
     * either's total. Two empty profiles are alike.
     */
    public static double overlap(Profile a, Profile b) {
        Map<String, Double> shares = bandShares(a);
        Map<String, Double> others = bandShares(b);
        if (shares.isEmpty() || others.isEmpty()) {
            return shares.isEmpty() && others.isEmpty() ? 1 : 0;
        }
        double common = 0;
        for (Map.Entry<String, Double> share : shares.entrySet()) {
            common += Math.min(share.getValue(), others.getOrDefault(share.getKey(), 0.0));
        }
        return Math.min(1, common);
    }

    private static Map<String, Double> bandShares(Profile profile) {
        double total = profile.allocateBytes();
        Map<String, Double> shares = new HashMap<>();
        for (EntryPointProfile entryPoint : profile.entryPoints()) {
            entryPoint.bands().stream()
                    .filter(band ->
                            band.allocateBytes() > 0 && !entryPoint.entryPoint().isApart())
                    .forEach(band ->
                            shares.put(entryPoint.entryPoint() + ":" + band.log2(), band.allocateBytes() / total));
        }
        return shares;
    }

    /** What cannot be added takes the first in order, so that neither argument is preferred. */
    private static RunInfo run(RunInfo a, RunInfo b) {
        return new RunInfo(
                first(a.app(), b.app()),
                first(a.javaVersion(), b.javaVersion()),
                a.mode() == b.mode() ? a.mode() : ProfileMode.SAMPLED,
                Math.min(a.startEpochMillis(), b.startEpochMillis()),
                a.durationNanos() + b.durationNanos(),
                a.runCount() + b.runCount(),
                a.complete() && b.complete(),
                List.copyOf(new TreeSet<>(both(a.lacks(), b.lacks()))));
    }

    private static String first(String a, String b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static List<EntryPointProfile> entryPoints(Profile a, Profile b) {
        EnumMap<EntryPoint, EntryPointProfile> merged = new EnumMap<>(EntryPoint.class);
        for (EntryPointProfile entryPoint : both(a.entryPoints(), b.entryPoints())) {
            merged.merge(entryPoint.entryPoint(), entryPoint, EntryPointMerge::sum);
        }
        return new ArrayList<>(merged.values());
    }

    private static List<SiteProfile> sites(Profile a, Profile b) {
        Map<SiteKey, SiteProfile> merged = new HashMap<>();
        for (SiteProfile site : both(a.sites(), b.sites())) {
            merged.merge(new SiteKey(site.siteHash(), site.entryPoint()), site, Profiles::sum);
        }
        return merged.values().stream().sorted(SITE_ORDER).toList();
    }

    private record SiteKey(long hash, EntryPoint entryPoint) {}

    private static SiteProfile sum(SiteProfile a, SiteProfile b) {
        // Frames of one hash differ in their lines only.
        boolean firstFrames = first(a.frames().toString(), b.frames().toString())
                .equals(a.frames().toString());
        return new SiteProfile(
                a.siteHash(),
                a.entryPoint(),
                firstFrames ? a.frames() : b.frames(),
                a.sampleCount() + b.sampleCount(),
                a.estimatedAllocateCount() + b.estimatedAllocateCount(),
                a.estimatedAllocateBytes() + b.estimatedAllocateBytes(),
                Histograms.sum(a.sizes(), b.sizes()),
                Histograms.sum(a.lifetimeBytes(), b.lifetimeBytes()),
                a.remoteFreeCount() + b.remoteFreeCount(),
                a.freeCount() + b.freeCount(),
                a.behaviour().plus(b.behaviour()));
    }

    static List<TimePoint> longer(List<TimePoint> a, List<TimePoint> b) {
        return compare(a, b) >= 0 ? a : b;
    }

    /** A total order, by length of time first. */
    private static int compare(List<TimePoint> a, List<TimePoint> b) {
        for (int i = 1; i <= Math.min(a.size(), b.size()); i++) {
            int byPoint = POINT_ORDER.compare(a.get(a.size() - i), b.get(b.size() - i));
            if (byPoint != 0) {
                return byPoint;
            }
        }
        return Integer.compare(a.size(), b.size());
    }

    private static ProfilerCost cost(ProfilerCost a, ProfilerCost b) {
        return new ProfilerCost(
                Math.max(a.heldBytes(), b.heldBytes()),
                a.stackSampleCount() + b.stackSampleCount(),
                a.stackSampleNanos() + b.stackSampleNanos(),
                a.droppedBlockCount() + b.droppedBlockCount(),
                a.droppedSampleCount() + b.droppedSampleCount(),
                a.recordingNanos() + b.recordingNanos(),
                a.backgroundNanos() + b.backgroundNanos());
    }

    private static <T> List<T> both(List<T> a, List<T> b) {
        return Stream.concat(a.stream(), b.stream()).toList();
    }
}
