// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.timing;

import dev.metalloc.replay.trace.TraceProgram;
import java.lang.management.CompilationMXBean;
import java.lang.management.ManagementFactory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Times subjects on one trace, a sample of each in turn, so that whatever else the machine does meets all of them.
 *
 * <p>Each subject keeps one allocator over all passes: what is measured is a program that has been running for a while, with code
 * compiled and memory taken. Confined.
 */
public final class InterleavedTimer {

    /**
     * How thoroughly to measure.
     *
     * @param warmUpNanos for each subject; no fewer than three passes
     * @param sampleNanos a sample's least duration: short traces are done several times
     * @param samples of each subject
     * @param settlingNanos at most, for each subject, until the compiler has had nothing to do for a while
     */
    public record Effort(long warmUpNanos, long sampleNanos, int samples, long settlingNanos) {

        public static final Effort THOROUGH = new Effort(600_000_000, 20_000_000, 15, 1_000_000_000);
        public static final Effort QUICK = new Effort(200_000_000, 5_000_000, 7, 500_000_000);
    }

    private static final int LEAST_WARM_UP_PASSES = 3;
    // A compilation shows only when it has ended, and that of a whole loop with its allocator takes some tenths of a
    // second.
    private static final long QUIET_NANOS = 300_000_000;

    private final Effort effort;
    private final Map<Subject, String> absent = new LinkedHashMap<>();

    public InterleavedTimer(Effort effort) {
        this.effort = effort;
    }

    /** The timings by subject, those left out that cannot be had or cannot serve the trace. */
    public Map<Subject, Timing> time(TraceProgram program, List<Subject> subjects) {
        Map<Subject, TimedSubject> timed = new LinkedHashMap<>();
        Map<Subject, Integer> passes = new LinkedHashMap<>();
        try {
            for (Subject subject : subjects) {
                start(subject, program, timed, passes);
            }
            settle(timed, passes);
            for (int i = 0; i < effort.samples(); i++) {
                timed.forEach((subject, each) -> each.sample(passes.getOrDefault(subject, 1)));
            }
            Map<Subject, Timing> timings = new LinkedHashMap<>();
            timed.forEach((subject, each) -> timings.put(subject, each.timing()));
            return timings;
        } finally {
            timed.values().forEach(TimedSubject::close);
        }
    }

    private void start(
            Subject subject, TraceProgram program, Map<Subject, TimedSubject> timed, Map<Subject, Integer> passes) {
        try {
            TimedSubject started = new TimedSubject(subject, program);
            long nanos = warmUp(started);
            timed.put(subject, started);
            passes.put(subject, (int) Math.max(1, effort.sampleNanos() / Math.max(1, nanos)));
        } catch (RuntimeException e) {
            absent.put(subject, String.valueOf(e.getMessage()));
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
    private void settle(Map<Subject, TimedSubject> timed, Map<Subject, Integer> passes) {
        CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
        if (compiler == null || !compiler.isCompilationTimeMonitoringSupported()) {
            return;
        }
        long start = System.nanoTime();
        long quietSince = start;
        long compiled = compiler.getTotalCompilationTime();
        while (System.nanoTime() - quietSince < QUIET_NANOS
                && System.nanoTime() - start < effort.settlingNanos() * timed.size()) {
            timed.forEach((subject, each) -> {
                for (int i = passes.getOrDefault(subject, 1); i > 0; i--) {
                    each.pass();
                }
            });
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
