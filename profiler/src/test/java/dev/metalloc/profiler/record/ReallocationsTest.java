// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.MALLOC_DOWNCALL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class ReallocationsTest {
    private static final int MALLOC = MALLOC_DOWNCALL.ordinal();
    private static final int SEEDS = 20;
    private static final int CHAINS = 20_000;

    private final Recorder recorder = new Recorder(RecorderOptions.full(), into -> {});
    private final ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());

    @Test
    void eachChainCountsOnceByItsLength() {
        grow(thread, 0x1000, 16, 0);
        grow(thread, 0x2000, 16, 1);
        grow(thread, 0x3000, 16, 2);
        grow(thread, 0x4000, 16, 4);
        grow(thread, 0x5000, 16, 100);
        thread.freed(MALLOC, 0x5000);
        Histogram chains = malloc(recorder).reallocateChains();
        assertEquals(4, chains.getTotalCount(), "the block that stayed where it was is no chain");
        assertEquals(1, chains.getCountAtValue(1));
        assertEquals(1, chains.getCountAtValue(2));
        assertEquals(1, chains.getCountAtValue(4));
        assertEquals(1, chains.getCountAtValue(65));
    }

    @Test
    void chainThatFailsToGrowGoesOn() {
        thread.allocated(MALLOC, 0x1000, 16, 0, 0);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x1000), 0x1000, 0x2000, 32);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x2000), 0x2000, 0, 1 << 30);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x2000), 0x2000, 0x1000, 64);
        assertEquals(1, malloc(recorder).reallocateChains().getCountAtValue(2));
        assertEquals(1, malloc(recorder).reallocateChains().getTotalCount());
    }

    @Test
    void addressesThatComeAgainBeginAnew() {
        grow(thread, 0x1000, 16, 2);
        thread.freed(MALLOC, 0x1000);
        grow(thread, 0x1000, 16, 2);
        assertEquals(2, malloc(recorder).reallocateChains().getCountAtValue(2));
    }

    @Test
    void blocksOfBeforeAreNoChains() {
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x1000), 0x1000, 0x2000, 32);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x2000), 0x2000, 0x1000, 64);
        assertEquals(0, malloc(recorder).reallocateChains().getTotalCount());
    }

    @Test
    void virtualThreadsReallocationsAreTheirs() {
        Recorder recorder = new Recorder(RecorderOptions.full(), into -> {});
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        thread.allocated(MALLOC, 0x1000, 100, 1, ThreadRecorder.VIRTUAL);
        long token = thread.beginReallocate(MALLOC, 0x1000);
        thread.endReallocate(MALLOC, token, 0x1000, 0x2000, 200, ThreadRecorder.VIRTUAL);
        thread.endReallocate(MALLOC, thread.beginReallocate(MALLOC, 0x2000), 0x2000, 0x3000, 300);
        assertEquals(3, malloc(recorder).allocateCount());
        assertEquals(2, malloc(recorder).virtualThreadAllocateCount());
    }

    /** Each chain is freed at its end; what is sampled must tell the same lengths, and count blocks as full mode does. */
    @Test
    void sampledChainsAreThoseOfFullMode() {
        long[] full = new long[3];
        double[] sampled = new double[3];
        for (int seed = 0; seed < SEEDS; seed++) {
            EntryPointProfile exact = record(new Recorder(RecorderOptions.full(), into -> {}), seed);
            EntryPointProfile estimate =
                    record(new Recorder(RecorderOptions.sampled(1 << 10, 64 << 10), into -> {}), seed);
            assertEquals(exact.allocateCount(), estimate.allocateCount());
            assertEquals(exact.freeCount(), estimate.freeCount());
            assertEquals(0, estimate.unknownFreeCount());
            for (int i = 0; i < full.length; i++) {
                full[i] += exact.reallocateChains().getCountAtValue(1 << i);
                sampled[i] += estimate.reallocateChains().getCountAtValue(1 << i);
            }
        }
        for (int i = 0; i < full.length; i++) {
            assertTrue(full[i] > SEEDS * 1_000, full[i] + " chains");
            assertEquals(1.0, sampled[i] / full[i], 0.03, "chains of length " + (1 << i));
        }
    }

    private static EntryPointProfile record(Recorder recorder, long seed) {
        ThreadRecorder recording = recorder.threadRecorder(Thread.currentThread());
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < CHAINS; i++) {
            long address = 0x10_0000 + 16L * random.nextInt(1 << 16);
            grow(recording, address, random.nextLong(16, 200), random.nextInt(4));
            recording.freed(MALLOC, address);
        }
        return malloc(recorder);
    }

    private static void grow(ThreadRecorder into, long address, long byteSize, int steps) {
        into.allocated(MALLOC, address, byteSize, 0, 0);
        for (int step = 1; step <= steps; step++) {
            into.endReallocate(
                    MALLOC, into.beginReallocate(MALLOC, address), address, address, byteSize + 8L * step * step);
        }
    }

    private static EntryPointProfile malloc(Recorder recorder) {
        return RecorderTest.profileOf(recorder).entryPoint(MALLOC_DOWNCALL).orElseThrow();
    }
}
