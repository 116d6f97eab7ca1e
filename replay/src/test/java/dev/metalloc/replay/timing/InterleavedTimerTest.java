// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.timing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.choice.AutoChoice;
import dev.metalloc.replay.profile.TraceProfiler;
import dev.metalloc.replay.trace.TraceProgram;
import dev.metalloc.replay.trace.TraceText;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class InterleavedTimerTest {

    private static final InterleavedTimer.Effort BRIEF = new InterleavedTimer.Effort(1, 1, 3, 1, 2);

    private final TraceText text = new TraceText();

    @Test
    void shouldTimeOursAndPeersAndSayWhoCannot() {
        for (int i = 0; i < 500; i++) {
            int kept = text.allocate(i % 2, 64 + i, 0, i % 3 == 0);
            int grown = text.reallocate(kept, 40_000);
            if (i % 4 != 0) {
                text.free(0, grown);
            }
        }
        Subject segregated = Subject.ours("segregated", "segregated", Map.of());
        Subject slab = Subject.ours("slab", "slab", Map.of());
        Subject bogus = Subject.ours("bogus", "bogus", Map.of());
        Subject glibc = Subject.peer("glibc");
        InterleavedTimer timer = new InterleavedTimer(BRIEF);
        Map<Subject, Timing> timings = timer.time(text.program(), List.of(segregated, slab, bogus, glibc));
        assertEquals(List.of(segregated, glibc), List.copyOf(timings.keySet()));
        timings.values().forEach(timing -> assertTrue(timing.nanosPerEvent() > 0, timing.toString()));
        assertEquals(
                Map.of(
                        slab,
                        "cannot serve 40000 bytes aligned to 1",
                        bogus,
                        "allocator: bogus (expected: a built-in one)"),
                timer.absent());
    }

    @Test
    void shouldLeaveNoThreadOfASubjectThatCannot() throws InterruptedException {
        text.allocate(64);
        text.allocate(1, 40_000, 0, false);
        Set<Thread> before = replaying();
        Subject slab = Subject.ours("slab", "slab", Map.of());
        InterleavedTimer timer = new InterleavedTimer(BRIEF);
        assertTrue(timer.time(text.program(), List.of(slab)).isEmpty());
        Set<Thread> left = replaying();
        left.removeAll(before);
        for (Thread thread : left) {
            assertTrue(thread.join(Duration.ofSeconds(10)), thread + " lives on");
        }
    }

    private static Set<Thread> replaying() {
        Set<Thread> threads = new HashSet<>(Thread.getAllStackTraces().keySet());
        threads.removeIf(thread -> !thread.getName().startsWith("replay-"));
        return threads;
    }

    /** As of a program with a thread for each request, some of which end late. */
    @Test
    void shouldReplayThousandsOfThreads() {
        int[] late = new int[50];
        for (int thread = 0; thread < 5000; thread++) {
            int block = text.allocate(thread, 64 + thread % 100, 0, false);
            if (thread % 100 == 0) {
                late[thread / 100] = block;
            } else {
                text.free(thread, block);
            }
        }
        for (int i = 0; i < late.length; i++) {
            text.free(100 * i, late[i]);
        }
        TraceProgram program = text.program();
        assertEquals(10_000, program.eventCount());
        assertTrue(program.threadCount() <= 64, "threads: " + program.threadCount());
        Profile profile = TraceProfiler.profile(program);
        assertEquals(5000, profile.entryPoints().get(0).allocateCount());
        Subject auto = AutoChoice.untimed(profile, CostModel.shipped(), Objective.BALANCED)
                .subject();
        Map<Subject, Timing> timings =
                new InterleavedTimer(BRIEF).time(program, List.of(auto, Subject.peer("glibc"), Subject.peer("floor")));
        assertEquals(3, timings.size());
    }

    @Test
    void shouldLoadAllocatorsAnewForEachSubjectAndShareTheRest() throws ClassNotFoundException {
        ClassLoader first = new SubjectLoader(Subject.peer("glibc"));
        ClassLoader second = new SubjectLoader(Subject.peer("glibc"));
        String slab = "dev.metalloc.allocators.slab.SlabAllocator";
        assertNotEquals(first.loadClass(slab), second.loadClass(slab));
        assertSame(Subject.class, first.loadClass(Subject.class.getName()));
        assertSame(String.class, first.loadClass("java.lang.String"));
    }

    /** As the agent's, inside java.base: through segments, deep callers would not be compiled into one piece. */
    @Test
    void shouldReachMemoryWithoutSegmentsWhereInternalsAreExported() throws Exception {
        Class<?> loaded =
                new SubjectLoader(Subject.peer("glibc")).loadClass("dev.metalloc.allocators.source.RawAccess");
        assertEquals(
                "jdk.internal.misc.Unsafe",
                loaded.getDeclaredField("UNSAFE").getType().getName());
    }

    @Test
    void shouldTakeTheMedianAndSpreadOfSamples() {
        Timing timing = Timing.of(new double[] {10, 12, 11, 13, 900});
        assertEquals(12, timing.nanosPerEvent());
        assertTrue(timing.nanosPerEventError() > 0.5 && timing.nanosPerEventError() < 5, timing.toString());
        assertEquals(new Timing(7, 0), Timing.of(new double[] {7, 7, 7}));
    }

    @Test
    void shouldCountWhatCopiesDifferByAsError() {
        Timing copies = Timing.ofCopies(List.of(new Timing(5, 0.1), new Timing(7, 0.1), new Timing(5.1, 0.1)));
        assertEquals(5.1, copies.nanosPerEvent(), 1e-9);
        assertTrue(copies.nanosPerEventError() > 0.5 && copies.nanosPerEventError() < 2, copies.toString());
        assertEquals(
                Math.sqrt(35),
                Timing.ofCopies(List.of(new Timing(5, 0), new Timing(7, 0))).nanosPerEvent(),
                1e-9);
        assertEquals(0.1, Timing.ofCopies(List.of(new Timing(5, 0.1))).nanosPerEventError(), 1e-9);
    }
}
