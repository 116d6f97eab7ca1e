// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import java.util.List;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What was observed of an application's off-heap allocations in one or many runs.
 *
 * @param entryPoints those that saw an event, in the order of the enum
 * @param sites in falling order of estimated bytes
 * @param threads in falling order of events; at most a fixed number, the rest folded into one named {@code (others)}
 * @param timeLine live bytes over time, of a single run (the longest one where runs were merged)
 * @param peakLiveBytes most requested bytes live at once, over all entry points but those apart
 * @param heaps what the C library held for them; empty where it is not known
 */
public record Profile(
        RunInfo run,
        List<EntryPointProfile> entryPoints,
        List<SiteProfile> sites,
        List<ThreadSummary> threads,
        ThreadCounts threadCounts,
        List<TimePoint> timeLine,
        long peakLiveBytes,
        ProfilerCost cost,
        Optional<HeapUse> heaps) {

    public Profile {
        entryPoints = List.copyOf(entryPoints);
        sites = List.copyOf(sites);
        threads = List.copyOf(threads);
        timeLine = List.copyOf(timeLine);
    }

    /** One that does not know what the C library held. */
    public Profile(
            RunInfo run,
            List<EntryPointProfile> entryPoints,
            List<SiteProfile> sites,
            List<ThreadSummary> threads,
            ThreadCounts threadCounts,
            List<TimePoint> timeLine,
            long peakLiveBytes,
            ProfilerCost cost) {
        this(run, entryPoints, sites, threads, threadCounts, timeLine, peakLiveBytes, cost, Optional.empty());
    }

    public Optional<EntryPointProfile> entryPoint(EntryPoint entryPoint) {
        return entryPoints.stream().filter(e -> e.entryPoint() == entryPoint).findFirst();
    }

    /** Without those of pools and mapped files, as in all sums. */
    public long allocateCount() {
        return sum(EntryPointProfile::allocateCount);
    }

    public long allocateBytes() {
        return sum(EntryPointProfile::allocateBytes);
    }

    public long freeCount() {
        return sum(EntryPointProfile::freeCount);
    }

    private long sum(ToLongFunction<EntryPointProfile> figure) {
        return entryPoints.stream()
                .filter(entryPoint -> !entryPoint.entryPoint().isApart())
                .mapToLong(figure)
                .sum();
    }
}
