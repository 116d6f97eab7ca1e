// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.bench.cli.Metalloc.Ended;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import dev.metalloc.replay.loop.AllocatorTarget;
import dev.metalloc.replay.loop.ReplayTarget;
import dev.metalloc.replay.peak.LiveBytes;
import dev.metalloc.replay.peak.ObservedLoop;
import dev.metalloc.replay.trace.TraceCompiler;
import dev.metalloc.replay.trace.TraceProgram;
import dev.metalloc.replay.trace.TraceReader;
import dev.metalloc.replay.trace.TraceThreads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A trace tells of a run what the run tells of itself. */
class TracedRunIT {

    @TempDir
    Path scratch;

    @Test
    void shouldReproduceTheRunsCountsLiveAndPeakBytes() throws Exception {
        Metalloc metalloc = new Metalloc(scratch);
        Path trace = scratch.resolve("run.mtrc.gz");
        Path profile = scratch.resolve("run.mprof");
        Ended run = metalloc.run(Metalloc.behind(
                List.of("profile", "-o", profile.toString(), "--trace", trace.toString(), "--mode", "full"),
                Metalloc.java(TracedApplication.class.getName())));
        assertEquals(0, run.exitCode(), run.err());
        Account account = Account.of(trace);
        assertEquals(run.out().strip(), account.toString());
        assertEquals(5, account.threads.size(), "main and four more");
        assertEquals(run.out().strip(), replayed(trace), "replayed on an allocator");
        Profile recorded = ProfileReader.read(profile);
        assertEquals(account.allocateCount + account.reallocateCount, recorded.allocateCount());
        assertEquals(account.allocateBytes, recorded.allocateBytes());
        assertTrue(run.err().contains("; trace of "), run.err());
        assertTrue(recorded.run().lacks().isEmpty(), recorded.run().lacks().toString());
    }

    /** What the allocator was asked for, and what the replay's own account of live bytes says. */
    private static String replayed(Path trace) throws IOException {
        TraceProgram program = TraceCompiler.compile(trace);
        OffHeapAllocator allocator = AllocatorCatalog.load(TracedRunIT.class.getClassLoader())
                .create(new AllocatorSpec("segregated", Map.of()), new MmapChunkSource(1L << 30));
        try (CountingTarget target = new CountingTarget(new AllocatorTarget(allocator));
                TraceThreads threads = new TraceThreads(program.threadCount())) {
            LiveBytes live = new LiveBytes(target);
            threads.run(program.runs(), new ObservedLoop(program, target, live));
            return "allocations=" + target.allocateCount + " reallocations=" + target.reallocateCount + " frees="
                    + target.freeCount + " bytes=" + target.byteCount + " peak=" + live.peakRequestedBytes()
                    + " live=" + live.requestedBytes();
        }
    }

    /** Counts the calls that reach an allocator; one thread at a time. */
    private static final class CountingTarget implements ReplayTarget {
        private final ReplayTarget target;
        private long allocateCount;
        private long reallocateCount;
        private long freeCount;
        private long byteCount;

        CountingTarget(ReplayTarget target) {
            this.target = target;
        }

        @Override
        public long allocate(long byteSize, long byteAlignment, boolean zeroed) {
            allocateCount++;
            byteCount += byteSize;
            return target.allocate(byteSize, byteAlignment, zeroed);
        }

        @Override
        public void free(long address) {
            freeCount++;
            target.free(address);
        }

        @Override
        public long reallocate(long address, long byteSize) {
            reallocateCount++;
            byteCount += byteSize;
            return target.reallocate(address, byteSize);
        }

        @Override
        public long usableSize(long address) {
            return target.usableSize(address);
        }

        @Override
        public void close() {
            target.close();
        }
    }

    @Test
    void shouldRunOnWhereTheTraceFindsNoRoom() throws Exception {
        List<String> command = Metalloc.behind(
                List.of("profile", "-o", "run.mprof", "--trace", "run.mtrc.gz"),
                Metalloc.java(TracedApplication.class.getName(), "800000"));
        String words = String.join("' '", command);
        Ended run = new Metalloc(scratch).run(List.of("bash", "-c", "ulimit -f 40; exec '" + words + "'"));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().startsWith("allocations="), run.out());
        assertTrue(run.err().contains("the trace could not be written whole"), run.err());
        Profile recorded = ProfileReader.read(scratch.resolve("run.mprof"));
        assertTrue(recorded.run().complete());
        assertTrue(recorded.run().lacks().toString().contains("the trace is not whole"));
        assertTrue(Files.size(scratch.resolve("run.mtrc.gz")) <= 40 << 10);
    }

    /** What a replay of the trace does, without an allocator. */
    private static final class Account {
        private final Map<Integer, Long> live = new HashMap<>();
        private final Set<Integer> threads = new HashSet<>();
        private long allocateCount;
        private long reallocateCount;
        private long freeCount;
        private long allocateBytes;
        private long liveBytes;
        private long peakBytes;

        static Account of(Path file) throws IOException {
            Account account = new Account();
            try (TraceReader trace = TraceReader.open(file)) {
                while (trace.next()) {
                    account.add(trace);
                }
            }
            return account;
        }

        private void add(TraceReader trace) {
            switch (trace.operation()) {
                case ALLOCATE -> {
                    allocateCount++;
                    begin(trace);
                }
                case FREE -> {
                    freeCount++;
                    end(trace);
                }
                case REALLOCATE -> {
                    reallocateCount++;
                    end(trace);
                    begin(trace);
                }
                case TIME -> {
                    return;
                }
            }
            threads.add(trace.thread());
        }

        private void begin(TraceReader trace) {
            live.put(trace.block(), trace.byteSize());
            allocateBytes += trace.byteSize();
            liveBytes += trace.byteSize();
            peakBytes = Math.max(peakBytes, liveBytes);
        }

        private void end(TraceReader trace) {
            Long byteSize = live.remove(trace.endedBlock());
            assertTrue(byteSize != null, "block " + trace.endedBlock() + " ends twice");
            liveBytes -= byteSize == null ? 0 : byteSize;
        }

        @Override
        public String toString() {
            return "allocations=" + allocateCount + " reallocations=" + reallocateCount + " frees=" + freeCount
                    + " bytes=" + allocateBytes + " peak=" + peakBytes + " live=" + liveBytes;
        }
    }
}
