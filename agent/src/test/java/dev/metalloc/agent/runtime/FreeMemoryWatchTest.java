// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FreeMemoryWatchTest {

    private static final int LOOKS = 4;
    private static final long BLOCK_BYTES = 4096;
    private static final long[] BLOCKS = new long[4096];

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);

    private OffHeapAllocator allocator(String name) {
        return Allocators.create(AllocatorSpec.of(name), source);
    }

    private static void allocateAll(OffHeapAllocator allocator) {
        for (int i = 0; i < BLOCKS.length; i++) {
            BLOCKS[i] = allocator.allocate(BLOCK_BYTES, 16);
            assertTrue(BLOCKS[i] != 0);
        }
    }

    private static void freeAll(OffHeapAllocator allocator) {
        for (long block : BLOCKS) {
            assertEquals(FreeOutcome.FREED, allocator.free(block));
        }
    }

    private static long lookThroughDelay(FreeMemoryWatch watch) {
        long bytes = 0;
        for (int look = 0; look < LOOKS; look++) {
            bytes += watch.look();
        }
        return bytes;
    }

    @ParameterizedTest
    @ValueSource(strings = {"slab", "segregated", "buddy", "bump"})
    void shouldGiveBackWhatWasFreeForTheWholeDelay(String name) {
        try (OffHeapAllocator allocator = allocator(name)) {
            FreeMemoryWatch watch = new FreeMemoryWatch(allocator, LOOKS);
            allocateAll(allocator);
            assertEquals(0, lookThroughDelay(watch));
            freeAll(allocator);
            long committed = allocator.stats().committedBytes();
            long purged = lookThroughDelay(watch);
            assertTrue(purged > committed * 3 / 4, purged + " of " + committed);
            assertEquals(committed - purged, allocator.stats().committedBytes());
            allocateAll(allocator);
            freeAll(allocator);
            allocator.validate();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"slab", "segregated", "buddy", "bump"})
    void shouldGiveBackAtOnceWhereAsked(String name) {
        try (OffHeapAllocator allocator = allocator(name)) {
            FreeMemoryWatch watch = new FreeMemoryWatch(allocator, LOOKS);
            allocateAll(allocator);
            assertEquals(0, watch.purgeNow());
            freeAll(allocator);
            long committed = allocator.stats().committedBytes();
            assertTrue(watch.purgeNow() > committed * 3 / 4);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"slab", "segregated", "buddy", "bump"})
    void shouldKeepWhatIsUsedNowAndThen(String name) {
        try (OffHeapAllocator allocator = allocator(name)) {
            FreeMemoryWatch watch = new FreeMemoryWatch(allocator, LOOKS);
            for (int delay = 0; delay < 3; delay++) {
                allocateAll(allocator);
                assertEquals(0, watch.look());
                freeAll(allocator);
                for (int look = 1; look < LOOKS; look++) {
                    assertEquals(0, watch.look());
                }
            }
        }
    }
}
