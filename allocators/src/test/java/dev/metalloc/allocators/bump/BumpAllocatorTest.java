// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.bump;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class BumpAllocatorTest {

    private static final int CHUNK = 64 << 10;

    private final MmapChunkSource source = new MmapChunkSource(1 << 20);
    private final BumpAllocator allocator = new BumpAllocator(source, CHUNK, 1 << 20);

    @AfterEach
    void shouldHoldItsEquations() {
        allocator.validate();
        allocator.close();
        source.close();
    }

    @Test
    void shouldResizeTheLastBlockInPlace() {
        long address = allocator.allocate(100, 16);
        assertEquals(address, allocator.reallocate(address, 10_000));
        assertEquals(10_000, allocator.stats().usedBytes());
        allocator.validate();
        assertEquals(address, allocator.reallocate(address, 50));
        assertEquals(64, allocator.stats().usedBytes());
        assertEquals(address + 64, allocator.allocate(16, 16), "what it gave back is used again");
    }

    @Test
    void shouldShrinkAnyBlockInPlaceAndMoveWhatHasNoRoom() {
        long first = allocator.allocate(1_000, 16);
        OffHeapMemory.writeLong(first, 42);
        long second = allocator.allocate(16, 16);
        assertEquals(first, allocator.reallocate(first, 10));
        long moved = allocator.reallocate(first, 2_000);
        assertEquals(second + 16, moved);
        assertEquals(42, OffHeapMemory.readLong(moved));
    }

    @Test
    void shouldMoveTheLastBlockWhereTheChunkEnds() {
        for (int i = 0; i < 3; i++) {
            assertNotEquals(0, allocator.allocate(CHUNK / 4, 16));
        }
        long last = allocator.allocate(CHUNK / 8, 16);
        long filler = allocator.allocate(16, 16);
        assertEquals(filler, allocator.reallocate(filler, CHUNK / 8), "up to the last byte");
        long moved = allocator.reallocate(filler, CHUNK / 8 + 16);
        assertEquals(last - 3 * CHUNK / 4 + CHUNK, moved, "the next chunk's first");
    }
}
