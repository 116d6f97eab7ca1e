// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Threads exchange blocks through shared slots, die with blocks live, and are replaced. */
class ThreadsStressTest {

    @ParameterizedTest
    @MethodSource("dev.metalloc.allocators.Subjects#shared")
    void shouldExchangeBlocks(Subject subject) throws InterruptedException {
        try (MmapChunkSource source = new MmapChunkSource(1L << 30);
                OffHeapAllocator allocator = subject.create(source)) {
            Exchange exchange = new Exchange(allocator, 1, 512, 500);
            for (int i = 0; i < 4; i++) {
                exchange.generation(4, 6000, i % 2 == 1);
                allocator.validate();
            }
            exchange.drain();
            assertEquals(0, allocator.stats().liveCount());
            assertEquals(0, allocator.stats().refusedFreeCount());
            allocator.purge();
            allocator.validate();
            assertEquals(0, source.committedBytes(), "memory of dead threads is given back");
        }
    }

    /** Long enough for threads to meet in the pieces that take no lock. */
    @ParameterizedTest
    @MethodSource("dev.metalloc.allocators.Subjects#threadCached")
    void shouldExchangeBlocksForLonger(Subject subject) throws InterruptedException {
        try (MmapChunkSource source = new MmapChunkSource(1L << 30);
                OffHeapAllocator allocator = subject.create(source)) {
            Exchange exchange = new Exchange(allocator, 2, 512, 500);
            exchange.generation(4, 60_000, false);
            exchange.generation(4, 30_000, true);
            exchange.drain();
            allocator.purge();
            allocator.validate();
            assertEquals(0, source.committedBytes());
        }
    }
}
