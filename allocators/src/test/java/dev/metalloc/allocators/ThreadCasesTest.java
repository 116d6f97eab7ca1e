// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases on which hardened allocators are tested, for more than one thread. */
@ParameterizedClass
@MethodSource("dev.metalloc.allocators.Subjects#sharedWithRecords")
class ThreadCasesTest {

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final OffHeapAllocator allocator;

    ThreadCasesTest(Subject subject) {
        allocator = subject.create(source);
    }

    @AfterEach
    void shouldHoldItsEquations() {
        allocator.validate();
        allocator.close();
        assertEquals(0, source.reservedBytes());
        source.close();
    }

    private static <T> T in(Thread.Builder builder, Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        builder.start(task).join();
        return task.get();
    }

    private List<Long> allocate(int count) {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            long address = allocator.allocate(64, 1);
            assertNotEquals(OffHeapAllocator.NULL, address);
            Contents.write(address, 64, i);
            blocks.add(address);
        }
        return blocks;
    }

    private int free(List<Long> blocks) {
        for (int i = 0; i < blocks.size(); i++) {
            Contents.check(blocks.get(i), 64, i);
            assertEquals(FreeOutcome.FREED, allocator.free(blocks.get(i)));
        }
        return blocks.size();
    }

    private void expectBaseline() {
        assertEquals(0, allocator.stats().liveCount());
        allocator.purge();
        assertEquals(0, allocator.stats().usedBytes());
        assertEquals(0, source.committedBytes());
    }

    @Test
    void doubleFreeByAnotherThread() throws Exception {
        List<Long> blocks = allocate(10);
        free(blocks);
        for (long address : blocks) {
            assertNotEquals(FreeOutcome.FREED, in(Thread.ofPlatform(), () -> allocator.free(address)));
            assertNotEquals(FreeOutcome.FREED, in(Thread.ofVirtual(), () -> allocator.free(address)));
        }
        assertEquals(20, allocator.stats().refusedFreeCount());
    }

    @Test
    void doubleFreeOfWhatAnotherThreadFreed() throws Exception {
        List<Long> blocks = allocate(10);
        in(Thread.ofPlatform(), () -> free(blocks));
        for (long address : blocks) {
            allocator.free(address);
        }
        expectBaseline();
        expectRefused(10);
    }

    /** A free by another thread may be judged late, when its owner learns of it, but not in the end. */
    private void expectRefused(int count) {
        assertEquals(count, allocator.stats().refusedFreeCount());
    }

    /** Of many threads that free one block at one time, one is obeyed; nobody is handed the block twice. */
    @Test
    void racingDoubleFree() throws Exception {
        int threadCount = 3;
        List<Long> blocks = allocate(500);
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < threadCount; t++) {
            threads.add(Thread.ofPlatform().start(() -> freeAll(blocks, start)));
        }
        start.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        List<Long> again = allocate(1000);
        assertEquals(1000, new HashSet<>(again).size());
        free(again);
        expectBaseline();
        expectRefused((threadCount - 1) * blocks.size());
    }

    private void freeAll(List<Long> blocks, CountDownLatch start) {
        try {
            start.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        for (long address : blocks) {
            allocator.free(address);
        }
    }

    @Test
    void interiorAndForeignFreeByAnotherThread() throws Exception {
        long address = allocate(1).getFirst();
        assertEquals(FreeOutcome.NOT_A_BLOCK, in(Thread.ofPlatform(), () -> allocator.free(address + 16)));
        assertEquals(FreeOutcome.NOT_A_BLOCK, in(Thread.ofVirtual(), () -> allocator.free(address + 1)));
        assertEquals(FreeOutcome.FOREIGN, in(Thread.ofPlatform(), () -> allocator.free(4096)));
        Contents.check(address, 64, 0);
    }

    @Test
    void threadDyingWithLiveBlocks() throws Exception {
        List<List<Long>> orphans = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            boolean isVirtual = i % 3 == 0;
            orphans.add(in(isVirtual ? Thread.ofVirtual() : Thread.ofPlatform(), () -> allocate(200)));
        }
        Set<Long> distinct = new HashSet<>();
        orphans.forEach(distinct::addAll);
        assertEquals(4000, distinct.size());
        allocator.validate();
        for (List<Long> blocks : orphans) {
            in(Thread.ofPlatform(), () -> free(blocks));
        }
        expectBaseline();
    }

    @Test
    void interruptedThreadWithLiveBlocks() throws Exception {
        List<Long> blocks = in(Thread.ofPlatform(), () -> {
            Thread.currentThread().interrupt();
            List<Long> made = allocate(100);
            assertTrue(Thread.currentThread().isInterrupted(), "the interrupt is left for its owner");
            return made;
        });
        free(blocks);
        expectBaseline();
    }

    @SuppressWarnings("ThreadPriorityCheck") // nothing relies on it: it lets threads change carriers
    private static void mayChangeCarrier() {
        Thread.yield();
    }

    /** A block may be allocated on one carrier and freed on another, or by a virtual thread that never ran there. */
    @Test
    void virtualThreadStorm() throws Exception {
        int threadCount = 3000;
        AtomicInteger served = new AtomicInteger();
        AtomicLongArray handed = new AtomicLongArray(threadCount);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < threadCount; t++) {
            int index = t;
            threads.add(Thread.ofVirtual().start(() -> {
                long mine = allocator.allocateZeroed(48, 16);
                long kept = allocator.allocateZeroed(32, 16);
                Contents.checkZero(mine, 48);
                Contents.write(mine, 48, index);
                mayChangeCarrier();
                Contents.check(mine, 48, index);
                handed.set(index, kept);
                if (allocator.free(mine) == FreeOutcome.FREED) {
                    served.incrementAndGet();
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(threadCount, served.get());
        assertEquals(threadCount, allocator.stats().liveCount());
        for (int t = 0; t < threadCount; t++) {
            assertEquals(FreeOutcome.FREED, allocator.free(handed.get(t)));
        }
        expectBaseline();
    }

    @Test
    void producerDiesBeforeItsConsumer() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<Long> blocks = in(Thread.ofPlatform(), () -> allocate(1000));
            in(Thread.ofPlatform(), () -> free(blocks));
        }
        expectBaseline();
    }

    @Test
    void consumerDiesBeforeItsProducer() throws Exception {
        for (int round = 0; round < 5; round++) {
            List<Long> blocks = allocate(1000);
            in(Thread.ofPlatform(), () -> free(blocks.subList(0, 500)));
            for (int i = 500; i < 1000; i++) {
                Contents.check(blocks.get(i), 64, i);
                assertEquals(FreeOutcome.FREED, allocator.free(blocks.get(i)));
            }
        }
        expectBaseline();
    }
}
