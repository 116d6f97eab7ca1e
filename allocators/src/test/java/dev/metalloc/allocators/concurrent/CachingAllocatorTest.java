// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.segregated.SegregatedFitAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CachingAllocatorTest {

    private static final long CACHE_BYTES = 10_000;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final SegregatedFitAllocator behind = new SegregatedFitAllocator(source, 1 << 20, 1 << 28, 0, 8);
    private final CachingAllocator caching = new CachingAllocator(behind, CACHE_BYTES);

    @AfterEach
    void shouldHoldItsEquations() {
        caching.validate();
        caching.close();
        source.close();
    }

    private static <T> T inThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().start(task).join();
        return task.get();
    }

    @Test
    void shouldKeepNoMoreThanItMay() {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            blocks.add(caching.allocate(16 + i, 16));
        }
        for (long address : blocks) {
            assertEquals(FreeOutcome.FREED, caching.free(address));
        }
        assertEquals(0, caching.stats().liveCount());
        assertEquals(0, caching.stats().usedBytes());
        long kept = behind.stats().usedBytes();
        assertTrue(kept > 0 && kept <= CACHE_BYTES * 11 / 10, "kept " + kept);
    }

    @Test
    void shouldRefuseSecondFreesOfKeptBlocks() throws Exception {
        long address = caching.allocate(100, 16);
        assertEquals(FreeOutcome.FREED, inThread(() -> caching.free(address)));
        assertEquals(-1, caching.usableSize(address));
        assertEquals(FreeOutcome.ALREADY_FREE, caching.free(address));
        assertEquals(FreeOutcome.ALREADY_FREE, inThread(() -> caching.free(address)));
        assertEquals(0, caching.reallocate(address, 50));
        assertEquals(FreeOutcome.NOT_A_BLOCK, caching.free(address + 16));
        assertEquals(3, caching.stats().refusedFreeCount());
    }

    @Test
    void shouldForgetTheClassOfResizedBlocks() {
        long address = caching.allocate(8000, 16);
        long shrunk = caching.reallocate(address, 100);
        assertEquals(FreeOutcome.FREED, caching.free(shrunk));
        for (int i = 0; i < 10; i++) {
            long block = caching.allocate(8000, 16);
            assertTrue(behind.usableSize(block) >= 8000);
        }
    }

    @Test
    void shouldGiveBackWhatDeadThreadsKept() throws Exception {
        for (int i = 0; i < 50; i++) {
            inThread(() -> caching.free(caching.allocate(64, 16)));
        }
        assertTrue(behind.stats().liveCount() > 0);
        assertTrue(behind.stats().usedBytes() <= CACHE_BYTES, "threads after one another have one set of magazines");
        caching.purge();
        assertEquals(0, behind.stats().liveCount());
        assertEquals(0, source.committedBytes());
        assertEquals(50, caching.stats().allocateCount());
    }

    @Test
    void shouldKeepNothingForVirtualThreads() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            threads.add(Thread.ofVirtual().start(() -> caching.free(caching.allocate(64, 16))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(100, caching.stats().freeCount());
        assertEquals(0, behind.stats().liveCount());
    }
}
