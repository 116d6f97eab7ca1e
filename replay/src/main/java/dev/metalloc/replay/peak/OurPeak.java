// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.peak;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.RecordBytes;
import dev.metalloc.replay.loop.AllocatorTarget;
import dev.metalloc.replay.loop.ReplayTarget;
import dev.metalloc.replay.loop.UnservedException;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.trace.TraceProgram;
import dev.metalloc.replay.trace.TraceThreads;
import java.util.Optional;
import java.util.OptionalLong;

/** Measures what an allocator of ours takes for a trace: the peak of the bytes that its chunk source committed. One at a time. */
public final class OurPeak {

    private static final long LIMIT_BYTES = 64L << 30;

    private OurPeak() {}

    /** The bytes committed at the peak, and nothing else: in half the time. Empty where the allocator is not made for such a program. */
    public static OptionalLong committedBytes(Subject subject, TraceProgram program) {
        AllocatorSpec spec = new AllocatorSpec(subject.allocator(), subject.parameters());
        try (MmapChunkSource source = new MmapChunkSource(LIMIT_BYTES);
                OffHeapAllocator allocator =
                        AllocatorCatalog.load(OurPeak.class.getClassLoader()).create(spec, source);
                TraceThreads threads = new TraceThreads(program.threadCount())) {
            threads.run(program.runs(), new ObservedLoop(program, new AllocatorTarget(allocator), ReplayObserver.NONE));
            return OptionalLong.of(source.peakCommittedBytes());
        } catch (UnservedException e) {
            return OptionalLong.empty();
        }
    }

    /** Empty where the allocator is not made for such a program. */
    public static Optional<TraceFootprint> measure(Subject subject, TraceProgram program) {
        long recordsBefore = RecordBytes.reachedBytesOfAll();
        AllocatorSpec spec = new AllocatorSpec(subject.allocator(), subject.parameters());
        try (MmapChunkSource source = new MmapChunkSource(LIMIT_BYTES);
                OffHeapAllocator allocator =
                        AllocatorCatalog.load(OurPeak.class.getClassLoader()).create(spec, source);
                TraceThreads threads = new TraceThreads(program.threadCount())) {
            ReplayTarget target = new AllocatorTarget(allocator);
            LiveBytes live = new LiveBytes(target);
            threads.run(program.runs(), new ObservedLoop(program, target, live));
            allocator.validate();
            return Optional.of(new TraceFootprint(
                    subject.label(),
                    program.eventCount(),
                    live.peakRequestedBytes(),
                    source.peakCommittedBytes(),
                    live.internalWasteAtPeak(),
                    RecordBytes.reachedBytesOfAll() - recordsBefore));
        } catch (UnservedException e) {
            return Optional.empty();
        }
    }
}
