// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.timing;

import dev.metalloc.replay.trace.RunLoop;
import dev.metalloc.replay.trace.TraceProgram;
import dev.metalloc.replay.trace.TraceThreads;
import java.io.Closeable;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/** One subject on one trace, with threads of its own. Confined. */
final class TimedSubject implements Closeable {

    private final TraceProgram program;
    private final TraceThreads threads;
    private final RunLoop loop;
    private final DescriptiveStatistics nanosPerEvent = new DescriptiveStatistics();

    /** @throws IllegalStateException where the subject cannot be had */
    TimedSubject(Subject subject, TraceProgram program) {
        this.program = program;
        this.loop = new SubjectLoader(subject).loop(program);
        this.threads = threads(program, loop);
    }

    private static TraceThreads threads(TraceProgram program, RunLoop loop) {
        try {
            return new TraceThreads(program.threadCount());
        } catch (IllegalStateException e) {
            loop.close();
            throw e;
        }
    }

    /** Does the trace once; what is live at its end is freed off the clock, so that the next pass starts with nothing live. */
    long pass() {
        long nanos = threads.run(program.runs(), loop);
        threads.run(program.epilogue(), loop);
        return nanos;
    }

    /**
     * Does the trace so many times and keeps the mean as one sample. Short ones are done once more before: the caches hold what the subjects before have left
     * there, and the threads may have moved.
     */
    void sample(int passes) {
        if (passes > 1) {
            pass();
        }
        long nanos = 0;
        for (int i = 0; i < passes; i++) {
            nanos += pass();
        }
        nanosPerEvent.addValue((double) nanos / passes / program.eventCount());
    }

    Timing timing() {
        return Timing.of(nanosPerEvent.getValues());
    }

    @Override
    public void close() {
        threads.close();
        loop.close();
    }
}
