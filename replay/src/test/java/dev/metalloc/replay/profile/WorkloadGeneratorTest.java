// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WorkloadGeneratorTest {
    private static final int REPETITIONS = 100;

    private static Likeness likeness(TraceProgram real) {
        Profile profile = TraceProfiler.profile(real);
        EntryPointProfile entryPoint = profile.entryPoints().get(0);
        TraceProgram generated = WorkloadGenerator.generate(profile, entryPoint);
        return Likeness.of(
                entryPoint, TraceProfiler.profile(generated).entryPoints().get(0));
    }

    /** Requests with blocks of their own, a table of entries that are replaced at random, and some that stay. */
    private static TraceProgram service(int requests, long seed) {
        TraceBuilder trace = new TraceBuilder("service");
        Random random = new Random(seed);
        int[] table = new int[500];
        int[] request = new int[6];
        for (int i = 0; i < requests; i++) {
            for (int j = 0; j < request.length; j++) {
                request[j] = trace.allocate(i / 50 % 2, 32L << j, 1, j == 0);
            }
            int place = random.nextInt(table.length);
            if (i >= table.length) {
                trace.free(i / 50 % 2, table[place]);
                table[place] = trace.allocate(i / 50 % 2, 300 + random.nextInt(1500), 1, false);
            } else {
                table[i] = trace.allocate(0, 300 + random.nextInt(1500), 1, false);
            }
            for (int j = request.length - 1; j >= 0; j--) {
                trace.free(i / 50 % 2, request[j]);
            }
            if (i % 20 == 0) {
                trace.allocate(0, 48, 1, false);
            }
        }
        return trace.build();
    }

    /** One thread allocates, another frees, each a batch at a time. */
    private static TraceProgram queue(int batch) {
        TraceBuilder trace = new TraceBuilder("queue");
        ArrayDeque<Integer> queue = new ArrayDeque<>();
        Random random = new Random(3);
        for (int i = 0; i < 30_000; i++) {
            queue.add(trace.allocate(0, 1000 + random.nextInt(3000), 1, false));
            if (queue.size() >= 1000 + batch) {
                for (int freed = 0; freed < batch; freed++) {
                    trace.free(1, queue.remove());
                }
            }
        }
        return trace.build();
    }

    @Test
    void shouldBeLikeTheProgramThatWasProfiled() {
        Likeness service = likeness(service(8000, 1));
        assertTrue(service.sizes() > 0.98, service.toString());
        assertTrue(service.peak() > 0.8, service.toString());
        assertTrue(service.lifetimes() > 0.8, service.toString());
        Likeness queue = likeness(queue(1));
        assertTrue(queue.overall() > 0.8, queue.toString());
    }

    /** A thread that only frees is one of the workload's, and frees about as many at a time as it does when it runs. */
    @Test
    void shouldHandBlocksOverAsManyAtATime() {
        assertHandedOver(25);
        assertHandedOver(100);
    }

    private static void assertHandedOver(int batch) {
        TraceProgram workload = generated(queue(batch));

        assertEquals(2, workload.threadCount());
        int eventsOfFreeing = 0;
        int runsOfFreeing = 0;
        for (TraceProgram.Run run : workload.runs()) {
            eventsOfFreeing += run.thread() == 1 ? run.to() - run.from() : 0;
            runsOfFreeing += run.thread() == 1 ? 1 : 0;
        }
        assertTrue(eventsOfFreeing > 28_000, "freed by the other thread: " + eventsOfFreeing);
        double ratio = (double) eventsOfFreeing / runsOfFreeing / batch;
        assertTrue(ratio > 0.5 && ratio < 2, "of " + batch + " events, turns ratio " + ratio);
    }

    private static TraceProgram generated(TraceProgram real) {
        return generated(real, RecorderOptions.full());
    }

    private static TraceProgram generated(TraceProgram real, RecorderOptions options) {
        Profile profile = TraceProfiler.profile(real, options);
        return WorkloadGenerator.generate(profile, profile.entryPoints().get(0));
    }

    /** As from an older profile, which has no bursts. */
    private static TraceProgram drawn(TraceProgram real) {
        Profile profile = TraceProfiler.profile(real);
        EntryPointProfile seen = profile.entryPoints().get(0);
        return WorkloadGenerator.generate(profile, seen.with(seen.reallocateChains(), seen.rangePeaks(), List.of()));
    }

    @Test
    void shouldHoldWhatAProgramHoldsThatFreesAllAtItsEnd() {
        TraceBuilder trace = new TraceBuilder("grown");
        Random random = new Random(5);
        int[] blocks = new int[20_000];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = trace.allocate(0, 100 + random.nextInt(900), 1, false);
        }
        for (int block : blocks) {
            trace.free(0, block);
        }
        TraceProgram real = trace.build();

        double ratio = (double) generated(real).peakRequestedBytes() / real.peakRequestedBytes();
        assertTrue(ratio > 0.8 && ratio < 1.1, "peak ratio " + ratio);
        double drawnRatio = (double) drawn(real).peakRequestedBytes() / real.peakRequestedBytes();
        assertTrue(drawnRatio > 0.8 && drawnRatio < 1.1, "peak ratio without bursts " + drawnRatio);
    }

    /** A tree is built and dropped: as many frees, in the end. */
    @Test
    void shouldFreeAtItsEndWhatTheProgramFrees() {
        TraceBuilder trace = new TraceBuilder("tree");
        Random random = new Random(8);
        List<Integer> nodes = new ArrayList<>();
        for (int i = 0; i < 20_000; i++) {
            nodes.add(trace.allocate(0, 100 + random.nextInt(900), 1, false));
            trace.free(0, trace.allocate(0, 50, 1, false));
        }
        nodes.forEach(node -> trace.free(0, node));
        TraceProgram real = trace.build();

        assertEquals(1, (double) generated(real).eventCount() / real.eventCount(), 0.01);
        Likeness likeness = likeness(real);
        assertTrue(likeness.overall() > 0.8, likeness.toString());
    }

    /** Repeated, a stretch of it would have as much of each size as it happened to have. */
    @Test
    void shouldNotRepeatWhatComesByChance() {
        assertDrawn(100, 1949);
        assertDrawn(1025, 1023); // all of one band
    }

    private static void assertDrawn(int leastBytes, int range) {
        TraceBuilder trace = new TraceBuilder("cache");
        Random random = new Random(3);
        int[] blocks = new int[4_000];
        for (int i = 0; i < 60_000; i++) {
            int place = random.nextInt(blocks.length);
            if (i < blocks.length) {
                place = i;
            } else {
                trace.free(0, blocks[place]);
            }
            blocks[place] = trace.allocate(0, leastBytes + random.nextInt(range), 1, false);
        }
        TraceProgram real = trace.build();
        EntryPointProfile seen = TraceProfiler.profile(real).entryPoints().get(0);
        assertFalse(seen.bursts().isEmpty());
        assertFalse(Repetition.isSeen(seen.bursts()));
        assertArrayEquals(drawn(real).requests(), generated(real).requests());
    }

    /** A program that repeats itself is told from what follows what, not only from how often each size comes. */
    @Test
    void shouldRepeatWhatTheProgramRepeats() {
        TraceBuilder trace = new TraceBuilder("requests");
        for (int request = 0; request < 3000; request++) {
            int header = trace.allocate(0, 1024, 1, false);
            int window = trace.allocate(0, 4096, 1, false);
            int table = trace.allocate(0, 16_400, 1, false);
            trace.free(0, table);
            trace.free(0, window);
            int line = trace.reallocate(0, header, 2048);
            trace.free(0, line);
        }
        TraceProgram real = trace.build();
        assertRepeats(real, generated(real));
        assertRepeats(real, generated(real, RecorderOptions.sampled()));
    }

    private static void assertRepeats(TraceProgram real, TraceProgram generated) {
        String expected = operations(real, real.eventCount() / 2 / 7 * 7);
        int repeated = 0;
        for (int request = 0; request < REPETITIONS; request++) {
            int from = generated.eventCount() / 2 + 14 * request;
            if ((operations(generated, from) + operations(generated, from + 7)).contains(expected)) {
                repeated++;
            }
        }
        assertTrue(repeated > 0.8 * REPETITIONS, repeated + " times " + expected);
    }

    /** A request of seven events. */
    private static String operations(TraceProgram program, int from) {
        return IntStream.range(from, from + 7)
                .mapToObj(event -> (program.steps()[event] & TraceProgram.OPERATION_MASK) + ":"
                        + (program.requests()[event] >>> TraceProgram.ALIGNMENT_BITS) + " ")
                .collect(Collectors.joining());
    }

    @Test
    void shouldReallocateAsOftenAsTheProgram() {
        TraceBuilder trace = new TraceBuilder("growing");
        for (int i = 0; i < 2000; i++) {
            int block = trace.allocate(0, 40, 1, false);
            trace.free(0, trace.allocate(0, 200, 1, false));
            for (long byteSize = 80; byteSize <= 640; byteSize *= 2) {
                block = trace.reallocate(0, block, byteSize);
                trace.free(0, trace.allocate(0, 200, 1, false));
            }
            trace.free(0, block);
        }
        TraceProgram real = trace.build();

        double ratio = (double) reallocations(generated(real)) / reallocations(real);
        assertTrue(ratio > 0.9 && ratio < 1.1, "reallocations ratio " + ratio);
        double drawnRatio = (double) reallocations(drawn(real)) / reallocations(real);
        assertTrue(drawnRatio > 0.6 && drawnRatio < 1.3, "reallocations ratio without bursts " + drawnRatio);
    }

    private static long reallocations(TraceProgram program) {
        return IntStream.range(0, program.eventCount())
                .filter(event -> (program.steps()[event] & TraceProgram.OPERATION_MASK) == TraceProgram.REALLOCATE)
                .count();
    }

    @Test
    void shouldFreeInTheOrderOfTheProgram() {
        TraceBuilder trace = new TraceBuilder("swept");
        int[] blocks = new int[500];
        for (int sweep = 0; sweep < 40; sweep++) {
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = trace.allocate(0, 48 + i % 5 * 16, 1, false);
            }
            for (int i = blocks.length - 1; i >= 0; i--) {
                trace.free(0, blocks[i]);
            }
        }
        TraceProgram real = trace.build();

        double lifo =
                newestFirst(TraceProfiler.profile(generated(real)).entryPoints().get(0));
        assertTrue(lifo > 0.6, "newest first " + lifo);
    }

    private static double newestFirst(EntryPointProfile entryPoint) {
        return (double) entryPoint.bands().stream()
                        .mapToLong(BandProfile::lifoFreeCount)
                        .sum()
                / entryPoint.freeCount();
    }

    @Test
    void shouldTellProgramsApart() {
        EntryPointProfile service =
                TraceProfiler.profile(service(8000, 1)).entryPoints().get(0);
        EntryPointProfile queue = TraceProfiler.profile(queue(1)).entryPoints().get(0);
        assertEquals(1, Likeness.of(service, service).overall(), 1e-9);
        assertTrue(Likeness.of(service, queue).overall() < 0.3);
    }

    @Test
    void shouldKeepWhatIsLiveWhereOnlyAPartIsReplayed() {
        TraceProgram real = service(150_000, 2);
        Profile profile = TraceProfiler.profile(real);
        TraceProgram generated =
                WorkloadGenerator.generate(profile, profile.entryPoints().get(0));
        assertTrue(generated.eventCount() < real.eventCount() * 0.6, "" + generated.eventCount());
        double ratio = (double) generated.peakRequestedBytes() / real.peakRequestedBytes();
        assertTrue(ratio > 0.75 && ratio < 1.25, "peak ratio " + ratio);
    }

    @Test
    void shouldGenerateTheSameEachTime() {
        Profile profile = TraceProfiler.profile(service(3000, 4));
        TraceProgram once =
                WorkloadGenerator.generate(profile, profile.entryPoints().get(0));
        TraceProgram again =
                WorkloadGenerator.generate(profile, profile.entryPoints().get(0));
        assertArrayEquals(once.steps(), again.steps());
        assertArrayEquals(once.requests(), again.requests());
    }
}
