// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.MAPPED_FILE;
import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Mapped files are counted as all else is, and apart from it. */
@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class MappedFilesTest {
    private static final long GIB = 1L << 30;
    private static final long SECOND = 1_000_000_000;

    private static Recorder recorder(ProfileMode mode) {
        return new Recorder(
                mode == ProfileMode.FULL ? RecorderOptions.full() : RecorderOptions.sampled(), new NoStacks());
    }

    private static Profile profileOf(Recorder recorder) {
        return ProfileBuilder.build(
                recorder.snapshot(), new RunInfo("app", "25", ProfileMode.SAMPLED, 1, 2, 1, true, List.of()));
    }

    @ParameterizedTest
    @EnumSource(ProfileMode.class)
    void areCountedWithTheirEnd(ProfileMode mode) {
        Recorder recorder = recorder(mode);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        recorder.tick(0);
        thread.mapped(0x1000, GIB, 0);
        thread.mapped(0x2100, 300, ThreadRecorder.VIRTUAL);
        recorder.tick(SECOND);
        thread.freed(MAPPED_FILE.ordinal(), 0x1000);
        thread.mapped(0x8000, GIB, 0);
        thread.freed(MAPPED_FILE.ordinal(), 0x7000);

        EntryPointProfile mapped = profileOf(recorder).entryPoint(MAPPED_FILE).orElseThrow();
        assertEquals(3, mapped.allocateCount());
        assertEquals(2 * GIB + 300, mapped.allocateBytes());
        assertEquals(1, mapped.freeCount());
        assertEquals(GIB, mapped.freedBytes());
        assertEquals(1, mapped.unknownFreeCount());
        assertEquals(1, mapped.virtualThreadAllocateCount());
        assertEquals(GIB + 300, mapped.peakLiveBytes());
        assertTrue(mapped.bursts().isEmpty());
    }

    @ParameterizedTest
    @EnumSource(ProfileMode.class)
    void areNoPartOfSums(ProfileMode mode) {
        Recorder recorder = recorder(mode);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        recorder.tick(0);
        thread.allocated(UNSAFE.ordinal(), 0x100, 1000, 1, 0);
        thread.mapped(0x1000, GIB, 0);
        recorder.tick(SECOND);

        Profile profile = profileOf(recorder);
        assertEquals(1, profile.allocateCount());
        assertEquals(1000, profile.allocateBytes());
        assertEquals(1000, profile.peakLiveBytes());
        assertEquals(1000, profile.timeLine().getLast().liveBytes());
        assertEquals(1000, profile.timeLine().getLast().allocatedBytes());
        assertEquals(1, profile.threads().getFirst().allocateCount());
        assertEquals(1000, profile.threads().getFirst().allocateBytes());
    }

    /** A block that lived while one was mapped was not outlived by a gibibyte of others. */
    @ParameterizedTest
    @EnumSource(ProfileMode.class)
    void doNotAgeBlocks(ProfileMode mode) {
        Recorder recorder = recorder(mode);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        thread.allocated(UNSAFE.ordinal(), 0x100, 1000, 1, 0);
        thread.allocated(UNSAFE.ordinal(), 0x900, 5000, 1, 0);
        thread.mapped(0x1000, GIB, 0);
        thread.freed(UNSAFE.ordinal(), 0x100);
        thread.allocated(UNSAFE.ordinal(), 0x8000, 5000, 1, 0);
        thread.freed(MAPPED_FILE.ordinal(), 0x1000);

        Profile profile = profileOf(recorder);
        assertEquals(5000, lifetimeBytes(profile.entryPoint(UNSAFE).orElseThrow(), 10), 650);
        assertEquals(5000, lifetimeBytes(profile.entryPoint(MAPPED_FILE).orElseThrow(), 30), 650);
    }

    /** Births on a clock that stands still would all be one. */
    @ParameterizedTest
    @EnumSource(ProfileMode.class)
    void endInAnOrderThatIsSeen(ProfileMode mode) {
        Recorder recorder = recorder(mode);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= 10; i++) {
            thread.mapped(i * 0x10_0000L, 0x10_0000, 0);
        }
        for (int i = 1; i <= 10; i++) {
            thread.freed(MAPPED_FILE.ordinal(), i * 0x10_0000L);
        }
        EntryPointProfile mapped = profileOf(recorder).entryPoint(MAPPED_FILE).orElseThrow();
        assertTrue(mapped.bands().getFirst().fifoFreeCount() >= 9, mapped::toString);
    }

    @ParameterizedTest
    @EnumSource(ProfileMode.class)
    void doNotMakeProgramsAlike(ProfileMode mode) {
        assertEquals(0, Profiles.overlap(profileOf(mapping(mode, 100)), profileOf(mapping(mode, 100_000))));
    }

    private static Recorder mapping(ProfileMode mode, long byteSize) {
        Recorder recorder = recorder(mode);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        thread.allocated(UNSAFE.ordinal(), 0x100, byteSize, 1, 0);
        thread.mapped(0x10_0000, GIB, 0);
        return recorder;
    }

    private static double lifetimeBytes(EntryPointProfile entryPoint, int log2) {
        return entryPoint.bands().stream()
                .filter(band -> band.log2() == log2)
                .findFirst()
                .orElseThrow()
                .lifetimeBytes()
                .getMean();
    }
}
