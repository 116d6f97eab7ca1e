// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SlabThreadsTest {

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final SlabAllocator slab = new SlabAllocator(source, SizeClasses.geometric(), 65536, 1L << 30);

    @AfterEach
    void shouldHoldItsEquations() {
        slab.validate();
        slab.close();
        source.close();
    }

    private static <T> T inThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().start(task);
        thread.join();
        return task.get();
    }

    private static <T> T inVirtualThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofVirtual().start(task).join();
        return task.get();
    }

    @Test
    void shouldReuseBlocksFreedByAnotherThread() throws Exception {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            blocks.add(slab.allocate(64, 16));
        }
        long committed = source.committedBytes();
        for (int round = 0; round < 10; round++) {
            inThread(() -> {
                for (long address : blocks) {
                    assertEquals(FreeOutcome.FREED, slab.free(address));
                }
                return 0;
            });
            assertEquals(0, slab.stats().liveCount());
            assertEquals(0, slab.stats().usedBytes());
            blocks.clear();
            for (int i = 0; i < 5000; i++) {
                blocks.add(slab.allocate(64, 16));
            }
            assertEquals(5000, blocks.stream().distinct().count());
        }
        assertEquals(50_000, slab.remoteFreeCount());
        // A slab or so may be waiting while the owner still has another one.
        assertTrue(source.committedBytes() <= committed + 2 * 65536, "grew to " + source.committedBytes());
    }

    @Test
    void shouldRefuseRemoteDoubleFrees() throws Exception {
        long address = slab.allocate(64, 16);
        long other = slab.allocate(64, 16);
        assertEquals(FreeOutcome.FREED, inThread(() -> slab.free(address)));
        assertEquals(FreeOutcome.ALREADY_FREE, inThread(() -> slab.free(address)));
        assertEquals(FreeOutcome.ALREADY_FREE, slab.free(address));
        assertEquals(-1, slab.usableSize(address));
        assertEquals(FreeOutcome.FREED, slab.free(other));
        assertEquals(FreeOutcome.ALREADY_FREE, inThread(() -> slab.free(other)));
        assertEquals(3, slab.stats().refusedFreeCount());
        assertEquals(FreeOutcome.NOT_A_BLOCK, inThread(() -> slab.free(other + 16)));
    }

    @Test
    void shouldHandHeapsOfDeadThreadsOn() throws Exception {
        for (int i = 0; i < 200; i++) {
            long address = inThread(() -> slab.allocate(100, 16));
            assertEquals(FreeOutcome.FREED, slab.free(address));
        }
        // One for this thread, and one that the others had in turn.
        assertEquals(2, slab.heapCount());
        assertTrue(source.committedBytes() <= 2 * 65536, "committed " + source.committedBytes());
        assertEquals(0, slab.stats().liveCount());
        assertEquals(200, slab.stats().allocateCount());
    }

    @Test
    void shouldKeepBlocksOfDeadThreads() throws Exception {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            blocks.add(inThread(() -> slab.allocate(1000, 16)));
        }
        assertEquals(20, blocks.stream().distinct().count());
        for (long address : blocks) {
            assertEquals(FreeOutcome.FREED, slab.free(address));
        }
        slab.purge();
        assertEquals(0, source.committedBytes());
    }

    @Test
    void shouldServeVirtualThreadsFromOneHeap() throws Exception {
        long address = inVirtualThread(() -> slab.allocateZeroed(100, 16));
        assertNotEquals(0, address);
        assertEquals(FreeOutcome.FREED, inVirtualThread(() -> slab.free(address)));
        assertEquals(FreeOutcome.ALREADY_FREE, inVirtualThread(() -> slab.free(address)));
        long again = inVirtualThread(() -> slab.allocate(100, 16));
        assertEquals(address, again);
        assertEquals(0, slab.heapCount());
        assertEquals(FreeOutcome.FREED, slab.free(again));
        assertEquals(1, slab.heapCount());
    }

    @Test
    void shouldKeepNoHeapForEachOfManyVirtualThreads() throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            threads.add(Thread.ofVirtual().start(() -> slab.free(slab.allocate(64, 16))));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(10_000, slab.stats().freeCount());
        assertTrue(slab.heapCount() <= Runtime.getRuntime().availableProcessors(), "heaps: " + slab.heapCount());
    }

    @Test
    void shouldReturnToTheBaselineWhenTheProducerDies() throws Exception {
        List<Long> blocks = inThread(() -> manyBlocks());
        for (long address : blocks) {
            assertEquals(FreeOutcome.FREED, slab.free(address));
        }
        slab.purge();
        assertEquals(0, slab.stats().liveCount());
        assertEquals(0, source.committedBytes());
    }

    @Test
    void shouldReturnToTheBaselineWhenTheConsumerDies() throws Exception {
        List<Long> blocks = manyBlocks();
        inThread(() -> {
            // Leaves a run of frees that was not handed over.
            for (int i = 0; i < 3000; i++) {
                assertEquals(FreeOutcome.FREED, slab.free(blocks.get(i)));
            }
            return 0;
        });
        assertEquals(blocks.size() - 3000, slab.stats().liveCount());
        for (int i = 3000; i < blocks.size(); i++) {
            assertEquals(FreeOutcome.FREED, slab.free(blocks.get(i)));
        }
        slab.purge();
        assertEquals(0, slab.stats().liveCount());
        assertEquals(0, source.committedBytes());
    }

    @Test
    void shouldServeFromWhatDeadThreadsLeftBeforeItRefuses() throws Exception {
        try (MmapChunkSource small = new MmapChunkSource(1 << 20);
                SlabAllocator full = new SlabAllocator(small, SizeClasses.geometric(), 65536, 1L << 30)) {
            long own = full.allocate(64, 16);
            List<Long> blocks = inThread(() -> blocksUntilRefused(full));
            assertEquals(0, full.allocate(1024, 16), "nothing is free");
            for (long address : blocks) {
                assertEquals(FreeOutcome.FREED, full.free(address));
            }
            for (int i = 0; i < 900; i++) {
                assertNotEquals(0, full.allocate(1024, 16), "KiB " + i);
            }
            assertEquals(FreeOutcome.FREED, full.free(own));
            full.validate();
        }
    }

    private static List<Long> blocksUntilRefused(SlabAllocator full) {
        List<Long> blocks = new ArrayList<>();
        for (long address = full.allocate(64, 16); address != 0; address = full.allocate(64, 16)) {
            blocks.add(address);
        }
        return blocks;
    }

    @Test
    void shouldUseWhatDeadThreadsLeftBeforeItTakesMuchMore() throws Exception {
        long own = slab.allocate(64, 16);
        for (int round = 0; round < 5; round++) {
            List<Long> blocks = round % 2 == 0 ? inThread(() -> manyBlocks()) : manyBlocks();
            for (long address : blocks) {
                assertEquals(FreeOutcome.FREED, slab.free(address));
            }
        }
        assertEquals(FreeOutcome.FREED, slab.free(own));
        long most = 5000 * 64 * 5 / 4 + 2 * 65536;
        assertTrue(source.peakCommittedBytes() <= most, "peak " + source.peakCommittedBytes() + " of " + most);
    }

    private List<Long> manyBlocks() {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            blocks.add(slab.allocate(64, 16));
        }
        return blocks;
    }
}
