// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.aggregate.RecordingTerms;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Live bytes are estimated in sampled mode, allocated ones are not: no more can have been live than was allocated. */
@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class LivePeakBoundTest {
    private static final int MALLOC = EntryPoint.MALLOC_DOWNCALL.ordinal();
    private static final RunInfo RUN = new RunInfo("app", "25", ProfileMode.SAMPLED, 1, 2, 1, true, List.of());
    private static final RecordingTerms JOINED = new RecordingTerms(false, 0, 0, 0, 0, OptionalLong.empty());
    /** Each overshoots in one case of two or so. */
    private static final int RECORDERS = 32;

    private static Recorder recorded() {
        Recorder recorder = new Recorder(RecorderOptions.sampled(), new NoStacks());
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= 200; i++) {
            thread.allocated(MALLOC, i * 0x10_0000L, 10_000 + 100 * i, 1, 0);
            recorder.tick(i * 1_000_000L);
        }
        return recorder;
    }

    @Test
    void noPeakIsAboveWhatWasAllocated() {
        List<Long> unbounded = new ArrayList<>();
        for (int i = 0; i < RECORDERS; i++) {
            Recorder recorder = recorded();
            Profile profile = ProfileBuilder.build(recorder.snapshot(), RUN);
            EntryPointProfile malloc =
                    profile.entryPoint(EntryPoint.MALLOC_DOWNCALL).orElseThrow();
            assertTrue(profile.peakLiveBytes() <= profile.allocateBytes(), profile::toString);
            assertTrue(malloc.peakLiveBytes() <= malloc.allocateBytes(), malloc::toString);
            for (BandProfile band : malloc.bands()) {
                assertTrue(band.peakLiveBytes() <= band.allocateBytes(), band::toString);
            }
            assertTrue(malloc.rangePeaks().of(0, 62).orElseThrow() <= malloc.allocateBytes(), malloc::toString);
            unbounded.add(ProfileBuilder.build(recorder.snapshot(), RUN, JOINED).peakLiveBytes());
        }
        // 200 blocks of 10,100 to 30,000 bytes.
        long allocateBytes = 4_010_000;
        assertEquals(
                allocateBytes, ProfileBuilder.build(recorded().snapshot(), RUN).allocateBytes());
        assertTrue(unbounded.stream().anyMatch(peak -> peak > allocateBytes), unbounded::toString);
    }
}
