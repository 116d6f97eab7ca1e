// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.ThreadRecorder;
import dev.metalloc.replay.trace.RunLoop;
import dev.metalloc.replay.trace.TraceProgram;
import dev.metalloc.replay.trace.TraceThreads;
import java.util.List;

/**
 * Profiles a trace with the recorder that profiles applications, on the trace's own clock.
 *
 * <p>Every block is followed, none has a call site. The blocks count as those of {@link EntryPoint#UNSAFE}, whose contract is
 * malloc's. The same trace always gives the same profile.
 */
@SuppressWarnings("EnumOrdinal") // the ordinal is an entry point's number for the recorder
public final class TraceProfiler {

    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();
    private static final long NANOS_PER_MICRO = 1000;
    /** Between two looks at the live bytes of each band: what peaked in between is missed. */
    private static final int EVENTS_BETWEEN_OBSERVATIONS = 4;
    /** A block as large makes a peak by itself, however short it lives. */
    private static final long OBSERVED_BYTES = 32 << 10;

    private TraceProfiler() {}

    public static Profile profile(TraceProgram program) {
        return profile(program, RecorderOptions.full());
    }

    static Profile profile(TraceProgram program, RecorderOptions options) {
        Recorder recorder = new Recorder(options, frames -> {});
        recorder.advance(0);
        try (TraceThreads threads = new TraceThreads(program.threadCount())) {
            threads.run(program.runs(), new RecordingLoop(program, recorder));
            int last = program.eventCount() - 1;
            long durationNanos = last < 0 ? 0 : program.micros()[last] * NANOS_PER_MICRO;
            RunInfo run = new RunInfo(program.name(), "", ProfileMode.FULL, 0, durationNanos, 1, true, List.of());
            // While the threads live: what is folded of ended threads is the same, but counts as theirs.
            return ProfileBuilder.build(recorder.snapshot(), run);
        }
    }

    /** Tells the recorder of each event; a block's address is made of its slot. */
    private static final class RecordingLoop implements RunLoop {
        private final TraceProgram program;
        private final Recorder recorder;

        RecordingLoop(TraceProgram program, Recorder recorder) {
            this.program = program;
            this.recorder = recorder;
        }

        @Override
        public void run(int from, int to) {
            ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
            for (int i = from; i < to; i++) {
                record(thread, i);
                if (i % EVENTS_BETWEEN_OBSERVATIONS == 0 || isLarge(i)) {
                    recorder.advance(program.micros()[i] * NANOS_PER_MICRO);
                }
            }
        }

        private boolean isLarge(int event) {
            boolean isFree = (program.steps()[event] & TraceProgram.OPERATION_MASK) == TraceProgram.FREE;
            return !isFree && program.requests()[event] >>> TraceProgram.ALIGNMENT_BITS >= OBSERVED_BYTES;
        }

        private void record(ThreadRecorder thread, int event) {
            int step = program.steps()[event];
            long address = ((step >>> TraceProgram.SLOT_SHIFT) + 1L) << 4;
            long request = program.requests()[event];
            long byteSize = request >>> TraceProgram.ALIGNMENT_BITS;
            switch (step & TraceProgram.OPERATION_MASK) {
                case TraceProgram.ALLOCATE -> {
                    long byteAlignment = 1L << (request & TraceProgram.ALIGNMENT_MASK);
                    int flags = (step & TraceProgram.ZEROED) != 0 ? ThreadRecorder.ZEROED : 0;
                    thread.allocated(UNSAFE, address, byteSize, byteAlignment, flags);
                }
                case TraceProgram.FREE -> thread.freed(UNSAFE, address);
                default -> {
                    long token = thread.beginReallocate(UNSAFE, address);
                    thread.endReallocate(UNSAFE, token, address, address, byteSize);
                }
            }
        }
    }
}
