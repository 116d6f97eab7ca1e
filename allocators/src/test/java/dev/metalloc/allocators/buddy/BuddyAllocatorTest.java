// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BuddyAllocatorTest {

    private static final int CHUNK = 64 << 10;

    private final MmapChunkSource source = new MmapChunkSource(1 << 20);
    private final BuddyAllocator allocator = new BuddyAllocator(source, 64, CHUNK, 1 << 20, 1 << 20);

    @AfterEach
    void shouldHoldItsEquations() {
        allocator.validate();
        allocator.close();
        source.close();
    }

    @Test
    void shouldCutSmallBlocksInTheirOrderAndCountThoseAskedForAlone() {
        long first = allocator.allocate(64, 16);
        for (int i = 1; i < 100; i++) {
            assertEquals(first + i * 64L, allocator.allocate(64, 16), "block " + i);
            allocator.validate();
        }
        assertEquals(100, allocator.stats().allocateCount());
        assertEquals(0, allocator.stats().freeCount());
        assertEquals(100 * 64, allocator.stats().usedBytes());
    }

    @Test
    void shouldJoinPartsThatWereNeverAskedFor() {
        long large = allocator.allocate(CHUNK, 16);
        long[] small = new long[9];
        for (int i = 0; i < small.length; i++) {
            small[i] = allocator.allocate(64, 16);
        }
        for (long block : small) {
            assertEquals(FreeOutcome.FREED, allocator.free(block));
        }
        allocator.purge();
        assertEquals(small[0], allocator.allocate(4096, 16), "all parts were joined again");
        assertEquals(FreeOutcome.FREED, allocator.free(large));
    }

    @Test
    void shouldGrowInPlaceIntoFreeBuddiesAbove() {
        long address = allocator.allocate(4096, 16);
        OffHeapMemory.writeLong(address, 42);
        assertEquals(address, allocator.reallocate(address, 16_000));
        assertEquals(16_384, allocator.usableSize(address));
        assertEquals(16_384, allocator.stats().usedBytes());
        allocator.validate();
        long above = allocator.allocate(16_384, 16);
        assertEquals(address + 16_384, above);
        long moved = allocator.reallocate(address, 32_000);
        assertEquals(address + 32_768, moved, "what is above is taken");
        assertEquals(42, OffHeapMemory.readLong(moved));
        assertEquals(FreeOutcome.ALREADY_FREE, allocator.free(address));
        assertEquals(FreeOutcome.FREED, allocator.free(above));
        assertEquals(FreeOutcome.FREED, allocator.free(moved));
    }

    @Test
    void shouldNotFreeAPartThatWasNeverAskedFor() {
        long first = allocator.allocate(64, 16);
        assertEquals(FreeOutcome.ALREADY_FREE, allocator.free(first + 64));
        assertEquals(-1, allocator.usableSize(first + 64));
    }

    @Test
    void shouldServeAllOfItsMemoryInSmallBlocksAndInOneAgain() {
        try (MmapChunkSource small = new MmapChunkSource(CHUNK);
                BuddyAllocator bounded = new BuddyAllocator(small, 64, CHUNK, CHUNK, CHUNK)) {
            long[] blocks = new long[CHUNK / 64];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = bounded.allocate(64, 16);
                assertNotEquals(OffHeapAllocator.NULL, blocks[i], "block " + i);
            }
            assertEquals(OffHeapAllocator.NULL, bounded.allocate(64, 16));
            for (long block : blocks) {
                assertEquals(FreeOutcome.FREED, bounded.free(block));
            }
            bounded.validate();
            assertEquals(blocks[0], bounded.allocate(CHUNK, 16));
        }
    }
}
