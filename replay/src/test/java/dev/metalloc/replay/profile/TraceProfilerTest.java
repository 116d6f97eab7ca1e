// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.trace.TraceText;
import org.junit.jupiter.api.Test;

class TraceProfilerTest {

    private final TraceText text = new TraceText();

    @Test
    void shouldRecordWhatTheTraceDid() {
        for (int i = 0; i < 1000; i++) {
            int block = text.allocate(i % 2, 100, 0, true);
            text.time(1000);
            if (i % 10 != 0) {
                text.free((i + 1) % 2, block);
            }
        }
        text.reallocate(text.allocate(1, 5000, 6, false), 9000);
        Profile profile = TraceProfiler.profile(text.program());
        EntryPointProfile unsafe = profile.entryPoint(EntryPoint.UNSAFE).orElseThrow();
        assertEquals(1000, band(unsafe, 7).allocateCount());
        assertEquals(900, band(unsafe, 7).freeCount());
        assertEquals(900, band(unsafe, 7).remoteFreeCount());
        assertEquals(1000, band(unsafe, 7).zeroedCount());
        // A hundred blocks that stay, and one that goes at once.
        assertEquals(10_100, band(unsafe, 7).peakLiveBytes());
        assertEquals(64, band(unsafe, 13).maxByteAlignment());
        assertEquals(1, band(unsafe, 13).growCount());
        assertEquals(1, band(unsafe, 14).allocateCount());
        assertEquals(2, profile.threads().size());
        assertEquals(1_000_000_000L, profile.run().durationNanos());
        assertEquals(19_000.0, (double) profile.peakLiveBytes(), 4096, "to within what threads keep to themselves");
    }

    private static BandProfile band(EntryPointProfile entryPoint, int log2) {
        return entryPoint.bands().stream()
                .filter(band -> band.log2() == log2)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldGiveTheSameProfileEachTime() {
        for (int i = 0; i < 5000; i++) {
            int block = text.allocate(i % 3, 16 + i % 700, 0, false);
            text.time(i % 7);
            if (i % 5 != 0) {
                text.free(i % 2, block);
            }
        }
        Profile once = TraceProfiler.profile(text.program());
        Profile again = TraceProfiler.profile(text.program());
        assertEquals(once.timeLine(), again.timeLine());
        assertEquals(
                once.entryPoints().get(0).bands().toString(),
                again.entryPoints().get(0).bands().toString());
    }
}
