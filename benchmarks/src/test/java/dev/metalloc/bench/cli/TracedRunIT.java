// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.bench.cli.Metalloc.Ended;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import dev.metalloc.replay.trace.TraceReader;
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
        Profile recorded = ProfileReader.read(profile);
        assertEquals(account.allocateCount + account.reallocateCount, recorded.allocateCount());
        assertEquals(account.allocateBytes, recorded.allocateBytes());
        assertTrue(run.err().contains("; trace of "), run.err());
        assertTrue(recorded.run().lacks().isEmpty(), recorded.run().lacks().toString());
    }

    @Test
    void shouldRunOnWhereTheTraceFindsNoRoom() throws Exception {
        List<String> command = Metalloc.behind(
                List.of("profile", "-o", "run.mprof", "--trace", "run.mtrc.gz"),
                Metalloc.java(TracedApplication.class.getName()));
        String words = String.join("' '", command);
        Ended run = new Metalloc(scratch).run(List.of("bash", "-c", "ulimit -f 4; exec '" + words + "'"));
        assertEquals(0, run.exitCode(), run.err());
        assertTrue(run.out().startsWith("allocations="), run.out());
        assertTrue(run.err().contains("the trace could not be written whole"), run.err());
        Profile recorded = ProfileReader.read(scratch.resolve("run.mprof"));
        assertTrue(recorded.run().complete());
        assertTrue(recorded.run().lacks().toString().contains("the trace is not whole"));
        assertTrue(Files.size(scratch.resolve("run.mtrc.gz")) <= 4 << 10);
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
