// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;

/**
 * What an allocator must be able to do to name a flag among those it suits.
 *
 * <p>Capability, not speed: which allocator is the fastest for a flag is for benchmarks. Throws AssertionError.
 */
final class FlagClaims {

    private static final int BLOCKS = 3000;

    private final OffHeapAllocator allocator;
    private final MmapChunkSource source;
    private final boolean keepsRecords;

    /** @param allocator fresh */
    FlagClaims(OffHeapAllocator allocator, MmapChunkSource source, boolean keepsRecords) {
        this.allocator = allocator;
        this.source = source;
        this.keepsRecords = keepsRecords;
    }

    void check(Flag flag) {
        try {
            exercise(flag);
        } catch (AssertionError e) {
            throw new AssertionError(flag + " " + e.getMessage(), e);
        }
    }

    private void exercise(Flag flag) {
        switch (flag) {
            case SMALL, FIXED_SIZE, FEW_SIZES, SHORT_RUN, FEW_FREES -> serves(16, 1000);
            case MEDIUM, POWER_OF_TWO, MANY_SIZES -> serves(2048, 16_384);
            case LARGE -> serves(1L << 20, 1L << 20);
            case HUGE -> serves(64L << 20, 64L << 20);
            case ALIGNED -> serves(4096, 4096, 4096);
            case ZERO_NEEDED -> zeroes();
            case GROWING -> grows();
            case BULK_FREE, SHORT_LIVED, LONG_LIVED, PHASED, BURSTY, LONG_RUN -> reuses(blocks -> {});
            case LIFO_FREE -> reuses(Collections::reverse);
            case FIFO_FREE -> reuses(blocks -> {});
            case RANDOM_FREE, MIXED_LIVED -> reuses(blocks -> Collections.shuffle(blocks, new Random(7)));
            case FRAGMENTATION_PRONE -> coalesces();
            case MANY_THREADS, VIRTUAL_THREADS -> anyThread();
            case REMOTE_FREE, PRODUCER_CONSUMER -> reusesRemoteFrees();
            case THREAD_CHURN -> survivesThreads();
            case SINGLE_THREAD, LOW_RATE -> serves(16, 100);
        }
    }

    private void serves(long least, long most) {
        serves(least, most, 1);
    }

    private void serves(long least, long most, long alignment) {
        for (long byteSize = least; byteSize <= most; byteSize += Math.max(1, byteSize / 7)) {
            // A layer may take a few bytes of the largest block for itself.
            long asked =
                    Math.min(byteSize, Math.max(least - 64, allocator.traits().maxByteSize()));
            long address = allocator.allocate(asked, alignment);
            expect(address != OffHeapAllocator.NULL, asked + " bytes served");
            Contents.write(address, asked, 1);
            Contents.check(address, asked, 1);
            expect(allocator.free(address) == FreeOutcome.FREED, "freed");
        }
    }

    private void zeroes() {
        for (int round = 0; round < 2; round++) {
            long address = allocator.allocateZeroed(500, 16);
            Contents.checkZero(address, 500);
            Contents.write(address, 500, 1);
            allocator.free(address);
        }
    }

    private void grows() {
        long size = 64;
        long address = allocator.allocate(size, 16);
        Contents.write(address, size, 3);
        while (size < Math.min(1 << 20, allocator.traits().maxByteSize())) {
            size = Math.min(size * 2, allocator.traits().maxByteSize());
            address = allocator.reallocate(address, size);
            expect(address != OffHeapAllocator.NULL, "grown to " + size);
            Contents.check(address, 64, 3);
        }
    }

    /** Rounds of the same blocks, freed in some order, need no more than twice the memory of the first: a leak takes ten times. */
    private void reuses(Consumer<List<Long>> order) {
        long first = 0;
        for (int round = 0; round < 10; round++) {
            List<Long> blocks = blocks();
            order.accept(blocks);
            free(blocks);
            first = round == 0 ? source.committedBytes() : first;
        }
        expectBounded(first);
    }

    private void expectBounded(long first) {
        long most = 2 * first + (256 << 10);
        expect(source.committedBytes() <= most, first + " bytes of memory grew to " + source.committedBytes());
    }

    private List<Long> blocks() {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < BLOCKS; i++) {
            long address = allocator.allocate(40 + i % 5 * 100, 16);
            expect(address != OffHeapAllocator.NULL, "served");
            blocks.add(address);
        }
        return blocks;
    }

    private void free(List<Long> blocks) {
        for (long address : blocks) {
            expect(allocator.free(address) == FreeOutcome.FREED, "freed");
        }
    }

    /** Small neighbours, all freed in random order, must make room for blocks larger than any of them. */
    private void coalesces() {
        List<Long> blocks = blocks();
        long committed = source.committedBytes();
        Collections.shuffle(blocks, new Random(7));
        free(blocks);
        for (long total = 0; total < committed / 2; total += 32 << 10) {
            expect(allocator.allocate(32 << 10, 16) != OffHeapAllocator.NULL, "large block served");
        }
        expectBounded(committed);
    }

    private void anyThread() {
        expect(allocator.traits().threadModel() != ThreadModel.CONFINED, "any thread may call");
        inThread(Thread.ofVirtual(), () -> free(blocks()));
        inThread(Thread.ofPlatform(), () -> free(blocks()));
    }

    private void reusesRemoteFrees() {
        anyThread();
        long first = 0;
        for (int round = 0; round < 10; round++) {
            List<Long> blocks = blocks();
            inThread(Thread.ofPlatform(), () -> free(blocks));
            first = round == 0 ? source.committedBytes() : first;
        }
        expectBounded(first);
    }

    private void survivesThreads() {
        List<Long> first = new ArrayList<>();
        inThread(Thread.ofPlatform(), () -> first.addAll(blocks()));
        long committed = source.committedBytes();
        free(first);
        for (int i = 0; i < 30; i++) {
            List<Long> blocks = new ArrayList<>();
            inThread(Thread.ofPlatform(), () -> blocks.addAll(blocks()));
            free(blocks);
        }
        expectBounded(committed);
        allocator.purge();
        expect(!keepsRecords || source.committedBytes() == 0, "memory of dead threads is given back");
    }

    private static void inThread(Thread.Builder builder, Runnable work) {
        FutureTask<Boolean> task = new FutureTask<>(work, true);
        Thread thread = builder.start(task);
        try {
            // The thread must be dead, not only done: its state passes to the next one.
            thread.join();
            task.get();
        } catch (Exception e) {
            throw new AssertionError("in another thread: " + e.getMessage(), e);
        }
    }

    private static void expect(boolean holds, String claim) {
        if (!holds) {
            throw new AssertionError("claimed, but not: " + claim);
        }
    }
}
