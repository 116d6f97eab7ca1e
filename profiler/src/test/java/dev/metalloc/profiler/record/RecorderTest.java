// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.DIRECT_BUFFER;
import static dev.metalloc.profiler.api.EntryPoint.MALLOC_DOWNCALL;
import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class RecorderTest {
    private static final int MALLOC = MALLOC_DOWNCALL.ordinal();

    private final Recorder recorder = new Recorder(RecorderOptions.full(), new NoStacks());
    private final ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());

    static Profile profileOf(Recorder recorder) {
        return ProfileBuilder.build(
                recorder.snapshot(), new RunInfo("app", "25", ProfileMode.SAMPLED, 1, 2, 1, true, List.of()));
    }

    static long liveBytes(EntryRecord entry) {
        long[] bandBytes = new long[SizeBands.COUNT];
        entry.addLiveBytes(bandBytes);
        return Arrays.stream(bandBytes).sum();
    }

    @Test
    void countsWhatHappensToABlock() {
        recorder.tick(1_000);
        thread.allocated(MALLOC, 0x1000, 100, 64, ThreadRecorder.ZEROED | ThreadRecorder.VIRTUAL);
        thread.allocated(MALLOC, 0x2000, 1000, 8, 0);
        recorder.tick(5_000_001_000L);
        thread.freed(MALLOC, 0x1000);

        EntryPointProfile malloc = entryPoint(MALLOC_DOWNCALL);
        assertEquals(2, malloc.allocateCount());
        assertEquals(1100, malloc.allocateBytes());
        assertEquals(1, malloc.virtualThreadAllocateCount());
        assertEquals(1100, malloc.peakLiveBytes());
        BandProfile band = band(malloc, 7);
        assertEquals(1, band.allocateCount());
        assertEquals(1, band.freeCount());
        assertEquals(100, band.freedBytes());
        assertEquals(1, band.zeroedCount());
        assertEquals(1, band.alignedCount());
        assertEquals(64, band.maxByteAlignment());
        assertEquals(100, band.minByteSize());
        assertEquals(100, band.maxByteSize());
        assertEquals(100, band.peakLiveBytes());
        assertEquals(1, band.fifoFreeCount());
        assertEquals(0, band.remoteFreeCount());
        assertEquals(5e9, band.lifetimeNanos().getMean(), 0.7e9);
        assertEquals(1000, band.lifetimeBytes().getMean(), 130);
        assertEquals(1000, band(malloc, 10).liveBytes());
    }

    @Test
    void freeCountsForTheEntryPointThatAllocated() {
        thread.allocated(DIRECT_BUFFER.ordinal(), 0x1000, 64, 1, 0);
        thread.freed(UNSAFE.ordinal(), 0x1000);
        assertEquals(1, entryPoint(DIRECT_BUFFER).freeCount());
        assertTrue(profileOf(recorder).entryPoint(UNSAFE).isEmpty());
    }

    @Test
    void unknownFreesAreCountedApart() {
        thread.freed(MALLOC, 0x1000);
        thread.freed(MALLOC, 0); // free(NULL) is nothing
        assertEquals(1, entryPoint(MALLOC_DOWNCALL).unknownFreeCount());
        assertEquals(0, entryPoint(MALLOC_DOWNCALL).freeCount());
    }

    @Test
    void reallocationIsAFreeAndAnAllocation() {
        thread.allocated(MALLOC, 0x1000, 100, 0, 0);
        long token = thread.beginReallocate(MALLOC, 0x1000);
        thread.endReallocate(MALLOC, token, 0x1000, 0x3000, 300);
        EntryPointProfile malloc = entryPoint(MALLOC_DOWNCALL);
        assertEquals(1, band(malloc, 7).reallocateCount());
        assertEquals(1, band(malloc, 7).growCount());
        assertEquals(1, band(malloc, 7).freeCount());
        assertEquals(0, band(malloc, 7).lifoFreeCount());
        assertEquals(1, band(malloc, 9).allocateCount());
        thread.freed(MALLOC, 0x3000);
        assertEquals(0, band(entryPoint(MALLOC_DOWNCALL), 9).liveCount());
    }

    @Test
    void failedReallocationLeavesTheBlockLive() {
        thread.allocated(MALLOC, 0x1000, 100, 0, 0);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x1000), 0x1000, 0, 1 << 20);
        assertEquals(0, entryPoint(MALLOC_DOWNCALL).freeCount());
        thread.freed(MALLOC, 0x1000);
        assertEquals(1, entryPoint(MALLOC_DOWNCALL).freeCount());
        assertEquals(0, entryPoint(MALLOC_DOWNCALL).unknownFreeCount());
    }

    @Test
    void reallocationToNothingIsAFree() {
        thread.allocated(MALLOC, 0x1000, 100, 0, 0);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x1000), 0x1000, 0, 0);
        EntryPointProfile malloc = entryPoint(MALLOC_DOWNCALL);
        assertEquals(1, malloc.freeCount());
        assertEquals(1, malloc.allocateCount());
        assertEquals(0, band(malloc, 7).reallocateCount());
    }

    @Test
    void reallocationOfNothingIsAnAllocation() {
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0), 0, 0x1000, 100);
        assertEquals(1, entryPoint(MALLOC_DOWNCALL).allocateCount());
        assertEquals(0, entryPoint(MALLOC_DOWNCALL).unknownFreeCount());
    }

    @Test
    void reallocationOfAnUnknownBlockCountsAnUnknownFree() {
        thread.allocated(MALLOC, 0x9000, 16, 0, 0);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x1000), 0x1000, 0x2000, 100);
        EntryPointProfile malloc = entryPoint(MALLOC_DOWNCALL);
        assertEquals(2, malloc.allocateCount());
        assertEquals(0, malloc.freeCount());
        assertEquals(1, malloc.unknownFreeCount());
    }

    @Test
    void peakIsExactToWithinTheFlushThreshold() {
        for (int i = 1; i <= 100; i++) {
            thread.allocated(MALLOC, i * 0x1000L, 1000, 0, 0);
        }
        for (int i = 1; i <= 100; i++) {
            thread.freed(MALLOC, i * 0x1000L);
        }
        long peak = profileOf(recorder).peakLiveBytes();
        assertTrue(peak <= 100_000 && peak > 100_000 - RecorderOptions.DEFAULT_LIVE_FLUSH_BYTES, "" + peak);
    }

    @Test
    void timeLineStaysBounded() {
        for (long i = 0; i < 100_000; i++) {
            thread.allocated(MALLOC, 0x1000, 10, 0, 0);
            recorder.tick(i * 1_000_000_000L); // a second each: far more than observing takes
            thread.freed(MALLOC, 0x1000);
        }
        var timeLine = profileOf(recorder).timeLine();
        assertTrue(timeLine.size() > 256 && timeLine.size() <= 512, "" + timeLine.size());
        for (int i = 1; i < timeLine.size(); i++) {
            assertTrue(timeLine.get(i).elapsedMillis() > timeLine.get(i - 1).elapsedMillis());
            assertTrue(timeLine.get(i).allocatedCount() > timeLine.get(i - 1).allocatedCount());
        }
        assertTrue(timeLine.getLast().elapsedMillis() > 99_000_000, "" + timeLine.getLast());
    }

    @Test
    void oneThreadHasOneRecorder() {
        assertSame(thread, recorder.threadRecorder(Thread.currentThread()));
    }

    @Test
    void entryPointsWithoutArenasOpenNone() {
        assertThrows(IllegalArgumentException.class, () -> thread.openArena(MALLOC));
    }

    @Test
    void arenasComeFirstInTheEnum() {
        for (EntryPoint entryPoint : EntryPoint.values()) {
            assertEquals(entryPoint.isArena(), Recorder.isArena(entryPoint.ordinal()));
        }
    }

    private EntryPointProfile entryPoint(EntryPoint entryPoint) {
        return profileOf(recorder).entryPoint(entryPoint).orElseThrow();
    }

    static BandProfile band(EntryPointProfile entryPoint, int log2) {
        return entryPoint.bands().stream()
                .filter(band -> band.log2() == log2)
                .findFirst()
                .orElseThrow();
    }
}
