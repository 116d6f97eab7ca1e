// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.Random;

/**
 * One random workload on one fresh allocator, from its creation to its end, all of it decided by a seed but for how threads
 * are scheduled. Throws AssertionError or IllegalStateException.
 */
final class StressRound {

    private static final int OPERATIONS = 6000;
    private static final int THREAD_OPERATIONS = 3000;

    private final Subject subject;
    private final Random random;
    private final long seed;

    StressRound(Subject subject, long seed) {
        this.subject = subject;
        this.seed = seed;
        random = new Random(seed);
    }

    void run() throws InterruptedException {
        int dice = random.nextInt(10);
        try (MmapChunkSource source = new MmapChunkSource(dice == 0 ? 1L << 20 : 1L << 30)) {
            boolean isFailing = subject.keepsRecords() && dice == 1;
            int failing = isFailing ? 2 + random.nextInt(30) : FailingChunkSource.NEVER;
            run(new FailingChunkSource(source, FailingChunkSource.NEVER, failing), dice >= 2);
            expectNone(source.reservedBytes(), "address space left");
        }
    }

    private void run(ChunkSource source, boolean isMemoryThere) throws InterruptedException {
        try (OffHeapAllocator allocator = subject.create(source)) {
            boolean isShared = allocator.traits().threadModel() != ThreadModel.CONFINED;
            int phases = 1 + random.nextInt(3);
            for (int i = 0; i < phases; i++) {
                if (isShared && isMemoryThere && random.nextBoolean()) {
                    exchange(allocator);
                } else {
                    model(allocator, isMemoryThere);
                }
                allocator.validate();
                expectNone(allocator.stats().liveCount(), "live blocks");
                if (random.nextBoolean()) {
                    allocator.purge();
                }
            }
            allocator.purge();
            allocator.validate();
            expectNone(source.committedBytes(), "memory left");
            expectNone(allocator.stats().usedBytes(), "used bytes left");
        }
    }

    private void model(OffHeapAllocator allocator, boolean isMemoryThere) {
        long most = allocator.traits().maxByteSize();
        long largest = Math.min(most, random.nextBoolean() ? 600 : random.nextBoolean() ? 20_000 : 4L << 20);
        int refused = new ModelRun(allocator, random.nextLong(), OPERATIONS, largest).run();
        if (isMemoryThere) {
            expectNone(refused, "requests refused");
        }
    }

    private void exchange(OffHeapAllocator allocator) throws InterruptedException {
        int mostBytes = (int) Math.min(allocator.traits().maxByteSize() - 16, 16 << random.nextInt(10));
        Exchange exchange = new Exchange(allocator, seed, 16 << random.nextInt(7), mostBytes);
        int generations = 1 + random.nextInt(3);
        for (int i = 0; i < generations; i++) {
            exchange.generation(2 + random.nextInt(4), THREAD_OPERATIONS, random.nextInt(3) == 0);
            allocator.validate();
        }
        exchange.drain();
    }

    private static void expectNone(long count, String what) {
        if (count != 0) {
            throw new AssertionError(what + ": " + count + " (expected: none)");
        }
    }
}
