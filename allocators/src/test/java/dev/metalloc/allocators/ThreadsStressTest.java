// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.debug.CheckingAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Threads exchange blocks through shared slots, die with blocks live, and are replaced. */
class ThreadsStressTest {

    private static final int THREADS = 4;
    private static final int SLOTS = 512;

    @Test
    void shouldExchangeSlabBlocks() throws InterruptedException {
        exchange(AllocatorSpec.of("slab"), false, 60_000);
    }

    @Test
    void shouldExchangeSlabBlocksOfVirtualThreads() throws InterruptedException {
        exchange(AllocatorSpec.of("slab"), true, 30_000);
    }

    @Test
    void shouldExchangeSegregatedBlocks() throws InterruptedException {
        exchange(AllocatorSpec.of("segregated"), false, 20_000);
    }

    @Test
    void shouldExchangeBuddyBlocks() throws InterruptedException {
        exchange(AllocatorSpec.of("buddy"), true, 20_000);
    }

    @Test
    void shouldExchangeCompositeBlocks() throws InterruptedException {
        exchange(
                new AllocatorSpec("composite", Map.of("parts", "slab,bump,segregated", "limits", "100,200")),
                false,
                30_000);
    }

    @Test
    void shouldExchangeCheckedBlocks() throws InterruptedException {
        try (MmapChunkSource source = new MmapChunkSource(1L << 30)) {
            OffHeapAllocator slab = Allocators.create(AllocatorSpec.of("slab"), source);
            exchange(new CheckingAllocator(slab), source, false, 10_000);
        }
    }

    private static void exchange(AllocatorSpec spec, boolean isVirtual, int operations) throws InterruptedException {
        try (MmapChunkSource source = new MmapChunkSource(1L << 30)) {
            exchange(Allocators.create(spec, source), source, isVirtual, operations);
        }
    }

    private static void exchange(OffHeapAllocator allocator, MmapChunkSource source, boolean isVirtual, int operations)
            throws InterruptedException {
        AtomicLongArray slots = new AtomicLongArray(SLOTS);
        AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        for (int generation = 0; generation < 3; generation++) {
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                long seed = generation * 10L + i;
                Runnable work = () -> work(allocator, slots, seed, operations, failure);
                threads.add(
                        isVirtual && i % 2 == 0
                                ? Thread.ofVirtual().start(work)
                                : Thread.ofPlatform().start(work));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertEquals(null, failure.get());
            allocator.validate();
        }
        for (int i = 0; i < SLOTS; i++) {
            release(allocator, slots.getAndSet(i, 0));
        }
        assertEquals(0, allocator.stats().liveCount());
        assertEquals(0, allocator.stats().refusedFreeCount());
        allocator.purge();
        allocator.validate();
        assertEquals(0, source.committedBytes(), "memory of dead threads is given back");
        allocator.close();
    }

    private static void work(
            OffHeapAllocator allocator,
            AtomicLongArray slots,
            long seed,
            int operations,
            AtomicReference<@Nullable Throwable> failure) {
        try {
            Random random = new Random(seed);
            for (int i = 0; i < operations; i++) {
                long fresh = random.nextInt(3) == 0 ? 0 : filled(allocator, 16 + random.nextInt(500));
                release(allocator, slots.getAndSet(random.nextInt(SLOTS), fresh));
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, new AssertionError("seed " + seed, e));
        }
    }

    /** The block says its size, and repeats it at its end. */
    private static long filled(OffHeapAllocator allocator, long byteSize) {
        long address = allocator.allocateZeroed(byteSize, 16);
        assertTrue(address != 0);
        for (long i = 0; i + 8 <= byteSize; i += 8) {
            assertEquals(0, OffHeapMemory.readLong(address + i));
        }
        OffHeapMemory.writeLong(address, byteSize);
        OffHeapMemory.writeLong(address + byteSize - 8, ~byteSize ^ address);
        OffHeapMemory.writeLong(address, byteSize);
        return address;
    }

    private static void release(OffHeapAllocator allocator, long address) {
        if (address != 0) {
            long byteSize = OffHeapMemory.readLong(address);
            assertTrue(byteSize >= 16 && byteSize < 516, "size in block");
            assertEquals(~byteSize ^ address, OffHeapMemory.readLong(address + byteSize - 8));
            assertEquals(FreeOutcome.FREED, allocator.free(address));
        }
    }
}
