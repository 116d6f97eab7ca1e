// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.trace;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Measures each of our allocators, and composites of them, on a trace; those that cannot serve all of it are left out. */
final class OurFootprints {

    private static final long LIMIT_BYTES = 16L << 30;

    /** A label for the table, and what it stands for. */
    private record Candidate(String label, AllocatorSpec spec) {}

    /** Confined ones, since a trace is replayed by one thread. */
    private static final List<Candidate> CANDIDATES = List.of(
            candidate("bump", "bump", Map.of()),
            candidate("slab", "slab", Map.of()),
            candidate("buddy", "buddy", Map.of()),
            candidate("segregated", "segregated", Map.of("maxBlockBytes", "1073741824")),
            candidate("segregated, tight", "segregated", tight("")),
            candidate("slab <= 1 KiB, segregated, tight", "composite", slabBelow1KiB()));

    /** Without quick lists, and with the finest sizes. */
    private static Map<String, String> tight(String prefix) {
        return Map.of(prefix + "maxBlockBytes", "1073741824", prefix + "quickBytes", "0", prefix + "spacing", "64");
    }

    private static Map<String, String> slabBelow1KiB() {
        Map<String, String> parameters = new HashMap<>(tight("1."));
        parameters.put("parts", "slab,segregated");
        parameters.put("limits", "1024");
        return parameters;
    }

    private static Candidate candidate(String label, String allocator, Map<String, String> parameters) {
        return new Candidate(label, new AllocatorSpec(allocator, parameters));
    }

    private OurFootprints() {}

    static List<TraceFootprint> measure(Path trace) throws IOException {
        List<TraceFootprint> footprints = new ArrayList<>();
        for (Candidate candidate : CANDIDATES) {
            measureIfServed(trace, candidate).ifPresent(footprints::add);
        }
        return footprints;
    }

    /** Empty where the allocator is not made for such a program. */
    private static Optional<TraceFootprint> measureIfServed(Path trace, Candidate candidate) throws IOException {
        try {
            return Optional.of(measure(trace, candidate));
        } catch (TraceReplay.UnservedException e) {
            return Optional.empty();
        }
    }

    private static TraceFootprint measure(Path path, Candidate candidate) throws IOException {
        try (MmapChunkSource source = new MmapChunkSource(LIMIT_BYTES)) {
            TraceFootprint footprint = replayAndClose(path, candidate, source);
            // The allocator is garbage by now.
            return footprint.withHeapBytes(footprint.heapBytes() - usedHeapBytes());
        }
    }

    /** With all the heap that is in use, allocator included. */
    private static TraceFootprint replayAndClose(Path path, Candidate candidate, MmapChunkSource source)
            throws IOException {
        try (OffHeapAllocator allocator = Allocators.create(candidate.spec(), source)) {
            return replay(path, candidate.label(), allocator, source).withHeapBytes(usedHeapBytes());
        }
    }

    private static TraceFootprint replay(Path path, String label, OffHeapAllocator allocator, MmapChunkSource source)
            throws IOException {
        try (TraceReader trace = TraceReader.open(path)) {
            ReplayTarget target = new AllocatorTarget(allocator);
            LiveBytes live = new LiveBytes(target);
            long events = new TraceReplay(trace, target, live).run();
            allocator.validate();
            return new TraceFootprint(
                    label,
                    events,
                    live.peakRequestedBytes(),
                    source.peakCommittedBytes(),
                    live.internalWasteAtPeak(),
                    0);
        }
    }

    private static long usedHeapBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
