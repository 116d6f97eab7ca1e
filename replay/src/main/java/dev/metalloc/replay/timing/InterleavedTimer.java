// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.timing;

import dev.metalloc.replay.trace.TraceProgram;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times subjects on one trace, a sample of each in turn, so that whatever else the machine does meets all of them.
 *
 * <p>Each copy of a subject keeps one allocator over all passes: what is measured is a program that has been running for a while, with code
 * compiled and memory taken. Confined.
 */
public final class InterleavedTimer {

    /**
     * How thoroughly to measure.
     *
     * @param warmUpNanos for each copy; no fewer than three passes
     * @param sampleNanos a sample's least duration: short traces are done several times
     * @param samples of each copy
     * @param settlingNanos at most, for each copy, until the compiler has had nothing to do for a while
     * @param copies of each subject's code, each with memory of its own: compiled twice, the same code may differ by a quarter
     */
    public record Effort(long warmUpNanos, long sampleNanos, int samples, long settlingNanos, int copies) {

        public static final Effort THOROUGH = new Effort(600_000_000, 20_000_000, 5, 1_000_000_000, 3);
        public static final Effort QUICK = new Effort(200_000_000, 5_000_000, 4, 500_000_000, 2);
    }

    /** A copy of a subject's code, and how many passes a sample of it takes. */
    private record Copy(Subject subject, TimedSubject timed, int passes) {}

    private static final int LEAST_WARM_UP_PASSES = 3;
    // A compilation shows only when it has ended, and that of a whole loop with its allocator takes some tenths of a
    // second.
    private static final long QUIET_NANOS = 300_000_000;

    private static final long MOST_COPIED_BYTES = 512L << 20;

    private final Effort effort;
    private final Map<Subject, String> absent = new LinkedHashMap<>();

    public InterleavedTimer(Effort effort) {
        this.effort = effort;
    }

    /** The timings by subject, those left out that cannot be had or cannot serve the trace. */
    public Map<Subject, Timing> time(TraceProgram program, List<Subject> subjects) {
        List<Copy> copies = new ArrayList<>();
        try {
            // A subject's copies not one after the other: what disturbs one for a while is not to disturb them all.
            for (int i = copyCount(program); i > 0; i--) {
                for (Subject subject : subjects) {
                    if (!absent.containsKey(subject)) {
                        start(subject, program, copies);
                    }
                }
            }
            settle(copies);
            for (int i = 0; i < effort.samples(); i++) {
                copies.forEach(copy -> copy.timed.sample(copy.passes));
            }
            return timings(subjects, copies);
        } finally {
            copies.forEach(copy -> copy.timed.close());
        }
    }

    /** Fewer where each holds much: what a program does with so much memory takes longer than what the compiler makes of it by chance. */
    private int copyCount(TraceProgram program) {
        long most = MOST_COPIED_BYTES / Math.max(1, program.peakRequestedBytes());
        return Math.clamp(most, 1, effort.copies());
    }

    private Map<Subject, Timing> timings(List<Subject> subjects, List<Copy> copies) {
        Map<Subject, Timing> timings = new LinkedHashMap<>();
        for (Subject subject : subjects) {
            if (!absent.containsKey(subject)) {
                timings.put(
                        subject,
                        Timing.ofCopies(copies.stream()
                                .filter(copy -> copy.subject.equals(subject))
                                .map(copy -> copy.timed.timing())
                                .toList()));
            }
        }
        return timings;
    }

    private void start(Subject subject, TraceProgram program, List<Copy> copies) {
        try {
            copies.add(warm(subject, new TimedSubject(subject, program)));
        } catch (RuntimeException e) {
            absent.put(subject, String.valueOf(e.getMessage()));
        }
    }

    /** Its threads and memory do not outlive a failure. */
    private Copy warm(Subject subject, TimedSubject started) {
        try {
            long nanos = warmUp(started);
            return new Copy(subject, started, (int) Math.max(1, effort.sampleNanos() / Math.max(1, nanos)));
        } catch (RuntimeException | Error e) {
            started.close();
            throw e;
        }
    }

    /** Returns what the last pass took. */
    private long warmUp(TimedSubject subject) {
        long start = System.nanoTime();
        long last = 0;
        for (int pass = 0; pass < LEAST_WARM_UP_PASSES || System.nanoTime() - start < effort.warmUpNanos(); pass++) {
            last = subject.pass();
        }
        return last;
    }

    /** Goes on in turn until the compiler has had nothing to do for a while. */
    private void settle(List<Copy> copies) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        if (compiler == null || !compiler.isCompilationTimeMonitoringSupported()) {
            return;
        }
        long start = System.nanoTime();
        long quietSince = start;
        long compiled = compiler.getTotalCompilationTime();
        while (System.nanoTime() - quietSince < QUIET_NANOS
                && System.nanoTime() - start < effort.settlingNanos() * copies.size()) {
            for (Copy copy : copies) {
                for (int i = 0; i < copy.passes; i++) {
                    copy.timed.pass();
                }
            }
            long now = compiler.getTotalCompilationTime();
            if (now != compiled) {
                compiled = now;
                quietSince = System.nanoTime();
            }
        }
    }

    /** Why the subjects that were left out were: one line each. */
    public Map<Subject, String> absent() {
        return absent;
    }
}
