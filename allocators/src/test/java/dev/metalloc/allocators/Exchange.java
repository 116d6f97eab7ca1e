// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that exchange blocks through shared slots, so that most are freed by another thread than the one that allocated
 * them, and that die with blocks live. Every block says its size and is checked at both ends. Throws AssertionError.
 */
final class Exchange {

    private static final int LEAST_BYTES = 16;

    private final OffHeapAllocator allocator;
    private final long seed;
    private final int mostBytes;
    private final AtomicLongArray slots;
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private int generations;

    Exchange(OffHeapAllocator allocator, long seed, int slotCount, int mostBytes) {
        this.allocator = allocator;
        this.seed = seed;
        this.mostBytes = mostBytes;
        slots = new AtomicLongArray(slotCount);
    }

    /** Runs threads to their end; the blocks in the slots stay live. */
    void generation(int threadCount, int operations, boolean isVirtual) throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        generations++;
        for (int i = 0; i < threadCount; i++) {
            Random random = new Random(seed * 31 + generations * 1000L + i);
            Runnable work = () -> work(random, operations);
            threads.add((isVirtual ? Thread.ofVirtual() : Thread.ofPlatform()).start(work));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        Throwable failed = failure.get();
        if (failed != null) {
            throw new AssertionError(
                    "seed " + seed + ", generation " + generations + ": " + failed.getMessage(), failed);
        }
    }

    private void work(Random random, int operations) {
        try {
            for (int i = 0; i < operations && failure.get() == null; i++) {
                long block = random.nextInt(3) == 0 ? 0 : filled(LEAST_BYTES + random.nextInt(mostBytes), random);
                release(slots.getAndSet(random.nextInt(slots.length()), block));
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private long filled(int byteSize, Random random) {
        boolean isZeroed = random.nextBoolean();
        long address = isZeroed ? allocator.allocateZeroed(byteSize, 16) : allocator.allocate(byteSize, 16);
        expect(address != OffHeapAllocator.NULL, "no block of " + byteSize);
        if (isZeroed) {
            Contents.checkZero(address, byteSize);
        }
        if (random.nextInt(8) == 0) {
            address = allocator.reallocate(address, byteSize);
            expect(address != OffHeapAllocator.NULL, "not reallocated");
        }
        OffHeapMemory.writeLong(address + byteSize - 8, ~byteSize ^ address);
        OffHeapMemory.writeLong(address, byteSize);
        if (byteSize > 24) {
            Contents.write(address + 8, byteSize - 16, address);
        }
        return address;
    }

    private void release(long address) {
        if (address == 0) {
            return;
        }
        long byteSize = OffHeapMemory.readLong(address);
        expect(byteSize >= LEAST_BYTES && byteSize < LEAST_BYTES + mostBytes, "size in block: " + byteSize);
        if (byteSize > 24) {
            Contents.check(address + 8, byteSize - 16, address);
        }
        if (byteSize >= 16 && (~byteSize ^ address) != OffHeapMemory.readLong(address + byteSize - 8)) {
            throw new AssertionError("end of a block of " + byteSize + " overwritten");
        }
        FreeOutcome outcome = allocator.free(address);
        expect(outcome == FreeOutcome.FREED, "free of a live block: " + outcome);
    }

    /** Frees what is left in the slots. */
    void drain() {
        for (int i = 0; i < slots.length(); i++) {
            release(slots.getAndSet(i, 0));
        }
    }

    private static void expect(boolean holds, String what) {
        if (!holds) {
            throw new AssertionError(what);
        }
    }
}
