// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.ProfilerCost;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.RecordingCost;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class RecordingTermsTest {

    @Test
    void shouldReckonEventsThatAreCountedQuicklyByWhatTheyCost() {
        Recorder recorder = new Recorder(RecorderOptions.full(), into -> {});
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= 10; i++) {
            thread.allocated(EntryPoint.UNSAFE.ordinal(), 0x1000L * i, 100);
            thread.freed(EntryPoint.UNSAFE.ordinal(), 0x1000L * i);
            thread.allocated(EntryPoint.DIRECT_BUFFER.ordinal(), 0x100_000L * i, 100);
        }
        RunInfo run = new RunInfo("app", "25", ProfileMode.SAMPLED, 1, 2, 1, true, List.of());
        RecordingTerms terms = new RecordingTerms(true, 30, 2, 7, 1 << 20, OptionalLong.empty());
        ProfilerCost cost =
                ProfileBuilder.build(recorder.snapshot(), run, terms).cost();
        assertEquals(20 * 2 + 10 * 30, cost.recordingNanos());
        assertEquals(7, cost.backgroundNanos());
        RecordingTerms alone = new RecordingTerms(true, 30, 2, 7, 0, OptionalLong.empty());
        assertEquals(
                1 << 20,
                cost.heldBytes()
                        - ProfileBuilder.build(recorder.snapshot(), run, alone)
                                .cost()
                                .heldBytes());
    }

    @Test
    void shouldLeaveWhatHasMappingsOfItsOwnOutOfTheHeaps() {
        long large = 40L << 20;
        assertEquals(Optional.of(new HeapUse(1000, 300)), heaps(true, OptionalLong.of(1000), 100));
        assertEquals(Optional.of(new HeapUse(1000, 200)), heaps(true, OptionalLong.of(1000), large));
        assertEquals(Optional.empty(), heaps(false, OptionalLong.of(1000), 100), "what was live before is not known");
        assertEquals(Optional.empty(), heaps(true, OptionalLong.empty(), 100));
    }

    /** Of a program with two blocks of a hundred bytes and one of another size. */
    private static Optional<HeapUse> heaps(boolean fromTheStart, OptionalLong heldBytes, long lastByteSize) {
        Recorder recorder = new Recorder(RecorderOptions.full(), into -> {});
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        thread.allocated(EntryPoint.UNSAFE.ordinal(), 0x1000, 100);
        thread.allocated(EntryPoint.DIRECT_BUFFER.ordinal(), 0x2000, 100);
        thread.allocated(EntryPoint.MAPPED_FILE.ordinal(), 0x3000, 5000);
        thread.allocated(EntryPoint.UNSAFE.ordinal(), 0x10_000, lastByteSize);
        RunInfo run = new RunInfo("app", "25", ProfileMode.FULL, 1, 2, 1, true, List.of());
        return ProfileBuilder.build(recorder.snapshot(), run, new RecordingTerms(fromTheStart, 0, 0, 0, 0, heldBytes))
                .heaps();
    }

    @Test
    void shouldMeasureBothWays() {
        RecordingCost cost = new RecordingCost(RecorderOptions.sampled(), true);
        assertEquals(0, cost.nanosPerEvent(), "not known yet");
        assertEquals(0, cost.nanosPerQuickEvent(), "not known yet");
        cost.measure();
        assertTrue(cost.nanosPerEvent() > 0);
        assertTrue(cost.nanosPerQuickEvent() > 0);
        assertNotEquals(cost.nanosPerEvent(), cost.nanosPerQuickEvent());
    }

    @Test
    void shouldReckonAllEventsAlikeWhereNoneIsCountedQuickly() {
        RecordingCost cost = new RecordingCost(RecorderOptions.everyBlock(), false);
        cost.measure();
        assertTrue(cost.nanosPerEvent() > 0);
        assertEquals(cost.nanosPerEvent(), cost.nanosPerQuickEvent());
    }
}
