// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SegregatedFitAllocatorTest {

    private static final long MAX_BLOCK = 3L << 30;
    private static final long NULL = OffHeapAllocator.NULL;

    private final MmapChunkSource source = new MmapChunkSource(16L << 30);
    private final SegregatedFitAllocator allocator =
            new SegregatedFitAllocator(source, MAX_BLOCK, 16L << 30, 1 << 20, 8);

    @AfterEach
    void shouldHoldItsEquations() {
        allocator.validate();
        allocator.close();
        source.close();
    }

    @Test
    void shouldServeSizesAroundTwoGibibytes() {
        for (long byteSize : new long[] {(1L << 31) - 1, 1L << 31, (1L << 31) + 1}) {
            long address = allocator.allocate(byteSize, 16);
            assertNotEquals(NULL, address, "size " + byteSize);
            assertTrue(allocator.usableSize(address) >= byteSize);
            OffHeapMemory.writeByte(address, (byte) 1);
            OffHeapMemory.writeByte(address + byteSize - 1, (byte) 2);
            assertEquals(FreeOutcome.FREED, allocator.free(address));
        }
        assertEquals(NULL, allocator.allocate(MAX_BLOCK + 1, 16));
    }

    /** Records become writable a mebibyte at a time, in the midst of the blocks that one page of memory holds. */
    @Test
    void shouldHaveRecordsWhereverItHasMemory() {
        for (int i = 0; i < 1_000_000; i++) {
            assertNotEquals(NULL, allocator.allocate(48, 16), "block " + i);
        }
    }

    @Test
    void shouldGrowInPlacePastTwoGibibytes() {
        long address = allocator.allocate((1L << 31) - 1, 16);
        OffHeapMemory.writeByte(address, (byte) 7);
        assertEquals(address, allocator.reallocate(address, (1L << 31) + 1));
        assertEquals(7, OffHeapMemory.readByte(address));
        assertTrue(allocator.usableSize(address) > 1L << 31);
        assertEquals(NULL, allocator.reallocate(address, Long.MAX_VALUE));
    }

    @Test
    void shouldGrowIntoAFreeBlockAndShrinkAgain() {
        long first = allocator.allocate(100_000, 16);
        long second = allocator.allocate(200_000, 16);
        long third = allocator.allocate(16, 16);
        assertEquals(FreeOutcome.FREED, allocator.free(second));
        assertEquals(first, allocator.reallocate(first, 250_000));
        assertEquals(first, allocator.reallocate(first, 1000));
        assertTrue(allocator.usableSize(first) < 2000);
        assertEquals(FreeOutcome.FREED, allocator.free(first));
        assertEquals(FreeOutcome.FREED, allocator.free(third));
    }

    @Test
    void shouldServeAFreedBlockToTheNextRequestOfItsSizeOrTheOneBelow() {
        long address = allocator.allocate(1000, 16);
        long above = allocator.allocate(16, 16);
        allocator.free(address);
        assertEquals(address, allocator.allocate(961, 16));
        allocator.free(address);
        assertEquals(address, allocator.allocate(900, 16));
        assertEquals(1024, allocator.usableSize(address));
        allocator.free(address);
        assertNotEquals(address, allocator.allocate(100, 16));
        allocator.free(above);
    }

    @Test
    void shouldServeAFreedAlignedBlockToTheNextAlignedRequest() {
        long aligned = allocator.allocate(48, 256);
        long plain = allocator.allocate(48, 16);
        allocator.free(aligned);
        allocator.free(plain);
        assertEquals(aligned, allocator.allocate(48, 256));
        assertEquals(plain, allocator.allocate(48, 16));
        assertEquals(NULL, allocator.allocate(48, 48));
        allocator.validate();
    }

    /** What is held is joined rather than that more is committed; a program in balance keeps it. */
    @Test
    void shouldJoinWhatIsHeldBeforeItCommitsMore() {
        try (SegregatedFitAllocator tight =
                new SegregatedFitAllocator(source, 1 << 20, 1 << 24, 16 << 10, 32, 8, new long[0])) {
            long[] blocks = new long[1000];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = tight.allocate(1024, 16);
            }
            for (long block : blocks) {
                tight.free(block);
            }
            long committed = tight.stats().committedBytes();
            assertEquals(blocks[999], tight.allocate(1024, 16), "held");
            for (int i = 0; i < 90; i++) {
                assertNotEquals(NULL, tight.allocate(10_000, 16));
            }
            assertEquals(committed, tight.stats().committedBytes());
            tight.validate();
        }
    }

    @Test
    void shouldHoldLargeBlocksOfSizesOfItsOwn() {
        try (SegregatedFitAllocator own =
                new SegregatedFitAllocator(source, 1 << 20, 1 << 24, 1 << 20, 8, 4, new long[] {168_000, 500_000})) {
            long block = own.allocate(168_000, 16);
            long other = own.allocate(100_000, 16);
            long last = own.allocate(16, 16);
            own.free(block);
            assertEquals(block, own.allocate(160_000, 16), "held");
            own.free(other);
            assertTrue(
                    own.usableSize(own.allocate(100_000, 16)) < 110_000, "not held, nor served by what is too large");
            own.validate();
            own.free(block);
            own.free(last);
            own.purge();
            own.validate();
        }
    }

    @Test
    void shouldGrowABlockToASizeOfItsOwn() {
        try (SegregatedFitAllocator own =
                new SegregatedFitAllocator(source, 1 << 20, 1 << 24, 1 << 20, 8, 4, new long[] {168_000})) {
            long block = own.allocate(100_000, 16);
            assertEquals(block, own.reallocate(block, 165_000));
            own.validate();
            assertEquals(block, own.reallocate(block, 300_000));
            own.validate();
            assertEquals(block, own.reallocate(block, 40_000));
            own.validate();
            assertEquals(FreeOutcome.FREED, own.free(block));
            own.purge();
            own.validate();
        }
    }

    @Test
    void shouldCommitHugePagesAsWholes() {
        try (SegregatedFitAllocator huge =
                new SegregatedFitAllocator(source, 1 << 20, 1 << 24, 0, 8).withHugePages((4 << 20) + 1)) {
            assertNotEquals(NULL, huge.allocate(100, 16));
            assertEquals(2 << 20, huge.stats().committedBytes());
            long[] blocks = new long[4];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = huge.allocateZeroed(1 << 20, 16);
                assertEquals(0, OffHeapMemory.readLong(blocks[i] + (1 << 20) - 8));
                OffHeapMemory.writeLong(blocks[i] + (1 << 20) - 8, -1);
            }
            assertTrue(huge.stats().committedBytes() < (4 << 20) + (128 << 10), "two huge pages, the rest as ever");
            assertEquals(huge.stats().committedBytes(), source.committedBytes());
            for (long block : blocks) {
                huge.free(block);
            }
            huge.validate();
            huge.purge();
            assertTrue(huge.stats().committedBytes() <= 4096);
            long again = huge.allocateZeroed(1 << 20, 16);
            assertEquals(0, OffHeapMemory.readLong(again + (1 << 20) - 8));
            huge.validate();
        }
    }

    @Test
    void shouldCoalesceWhatQuickListsHoldBeforeItRefuses() {
        try (MmapChunkSource small = new MmapChunkSource(1 << 20);
                SegregatedFitAllocator bounded = new SegregatedFitAllocator(small, 1 << 20, 1 << 20, 1 << 20, 8)) {
            long[] blocks = new long[15];
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = bounded.allocate(64 << 10, 16);
            }
            for (long block : blocks) {
                assertEquals(FreeOutcome.FREED, bounded.free(block));
            }
            assertNotEquals(NULL, bounded.allocate(900 << 10, 16));
            bounded.validate();
        }
    }
}
