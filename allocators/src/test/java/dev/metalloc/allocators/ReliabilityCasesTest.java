// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.NativeHeap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** The cases on which hardened allocators are tested, named as they name them; for one thread. */
@ParameterizedClass
@MethodSource("dev.metalloc.allocators.Subjects#withRecords")
class ReliabilityCasesTest {

    private static final long NULL = OffHeapAllocator.NULL;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final OffHeapAllocator allocator;
    private final long largest;

    ReliabilityCasesTest(Subject subject) {
        allocator = subject.create(source);
        largest = allocator.traits().maxByteSize();
    }

    @AfterEach
    void shouldHoldItsEquations() {
        allocator.validate();
        allocator.close();
        assertEquals(0, source.reservedBytes());
        source.close();
    }

    private long allocate(long byteSize) {
        long address = allocator.allocate(byteSize, 1);
        assertNotEquals(NULL, address, "block of " + byteSize);
        return address;
    }

    private void expectRefused(long address) {
        assertNotEquals(FreeOutcome.FREED, allocator.free(address));
        assertEquals(-1, allocator.usableSize(address));
        assertEquals(NULL, allocator.reallocate(address, 10));
    }

    @Test
    void foreignFree() {
        long live = allocate(100);
        Contents.write(live, 100, 1);
        long foreign = NativeHeap.malloc(100);
        Contents.write(foreign, 100, 2);
        assertEquals(FreeOutcome.FOREIGN, allocator.free(foreign));
        Contents.check(foreign, 100, 2);
        Contents.check(live, 100, 1);
        NativeHeap.free(foreign);
    }

    @Test
    void foreignFreeFarAway() {
        for (long address = 16; address > 0; address *= 2) {
            if (!allocator.owns(address)) {
                assertEquals(FreeOutcome.FOREIGN, allocator.free(address));
                assertEquals(FreeOutcome.FOREIGN, allocator.free(-address));
            }
        }
    }

    /** Of addresses the allocator owns but never handed out, near a live block and far from it. */
    @Test
    void freeOfNeverAllocated() {
        long live = allocate(64);
        for (long distance = 1 << 16; distance < 1 << 28; distance *= 2) {
            for (long address : new long[] {live + distance, live - distance, live + distance + 8}) {
                if (allocator.owns(address)) {
                    expectRefused(address);
                }
            }
        }
        assertEquals(FreeOutcome.FREED, allocator.free(live));
    }

    @Test
    void doubleFreeSmall() {
        doubleFree(16);
        doubleFree(100);
    }

    @Test
    void doubleFreeLarge() {
        doubleFree(largest);
    }

    private void doubleFree(long byteSize) {
        long address = allocate(byteSize);
        assertEquals(FreeOutcome.FREED, allocator.free(address));
        // Where it joined its free neighbours no block starts there any more.
        expectRefused(address);
    }

    /** Other blocks were allocated and freed in between, but not this one's memory. */
    @Test
    void doubleFreeDelayed() {
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            blocks.add(allocate(64));
        }
        for (long address : blocks) {
            assertEquals(FreeOutcome.FREED, allocator.free(address));
        }
        for (long address : blocks) {
            assertNotEquals(FreeOutcome.FREED, allocator.free(address));
        }
        assertEquals(100, allocator.stats().freeCount());
    }

    @Test
    void doubleFreeInterleaved() {
        long first = allocate(64);
        long second = allocate(64);
        assertEquals(FreeOutcome.FREED, allocator.free(first));
        assertEquals(FreeOutcome.FREED, allocator.free(second));
        assertNotEquals(FreeOutcome.FREED, allocator.free(first));
        assertNotEquals(FreeOutcome.FREED, allocator.free(second));
    }

    /** After a reuse the address is a live block's: freeing it again ends that one, once, and harms no other. */
    @Test
    void doubleFreeAfterReuse() {
        long first = allocate(64);
        assertEquals(FreeOutcome.FREED, allocator.free(first));
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            blocks.add(allocate(64));
            Contents.write(blocks.getLast(), 64, i);
        }
        FreeOutcome again = allocator.free(first);
        assertEquals(blocks.contains(first) ? FreeOutcome.FREED : FreeOutcome.ALREADY_FREE, again);
        assertNotEquals(FreeOutcome.FREED, allocator.free(first));
        for (int i = 0; i < blocks.size(); i++) {
            if (blocks.get(i) != first) {
                Contents.check(blocks.get(i), 64, i);
                assertEquals(FreeOutcome.FREED, allocator.free(blocks.get(i)));
            }
        }
        assertEquals(0, allocator.stats().liveCount());
    }

    @Test
    void interiorFree() {
        for (long byteSize : new long[] {33, 1000, largest}) {
            long address = allocate(byteSize);
            for (long offset = 16; offset < byteSize; offset = offset * 3 & -16) {
                assertEquals(FreeOutcome.NOT_A_BLOCK, allocator.free(address + offset), "offset " + offset);
                expectRefused(address + offset);
            }
            assertEquals(FreeOutcome.FREED, allocator.free(address));
        }
    }

    @Test
    void unalignedFree() {
        for (long byteSize : new long[] {16, 1000, largest}) {
            long address = allocate(byteSize);
            for (int offset = 1; offset < 16; offset++) {
                assertEquals(FreeOutcome.NOT_A_BLOCK, allocator.free(address + offset), "offset " + offset);
            }
            assertEquals(FreeOutcome.FREED, allocator.free(address));
        }
    }

    @Test
    void reallocateAfterFree() {
        long address = allocate(64);
        assertEquals(FreeOutcome.FREED, allocator.free(address));
        assertEquals(NULL, allocator.reallocate(address, 128));
        assertEquals(NULL, allocator.reallocate(address, 64));
        assertEquals(0, allocator.stats().liveCount());
    }

    /** What a reallocation moved away from is free, and what it answered is live: no false alarm either way. */
    @Test
    void freeAfterReallocate() {
        long address = allocate(40);
        for (long byteSize = 50; byteSize <= Math.min(largest, 100_000); byteSize = byteSize * 3 / 2) {
            long moved = allocator.reallocate(address, byteSize);
            assertNotEquals(NULL, moved);
            if (moved != address) {
                expectRefused(address);
            }
            address = moved;
        }
        assertEquals(FreeOutcome.FREED, allocator.free(address));
    }

    @Test
    void zeroContractAfterReuse() {
        Random random = new Random(5);
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            long byteSize = 1 + random.nextLong(Math.min(largest, i % 50 == 0 ? 100_000 : 600));
            long address = allocator.allocateZeroed(byteSize, 16L << random.nextInt(4));
            Contents.checkZero(address, byteSize);
            Contents.write(address, allocator.usableSize(address), i);
            blocks.add(address);
            if (i % 3 != 0) {
                int any = random.nextInt(blocks.size());
                Collections.swap(blocks, any, blocks.size() - 1);
                assertEquals(FreeOutcome.FREED, allocator.free(blocks.removeLast()));
            }
            if (i % 500 == 499) {
                allocator.purge();
            }
        }
    }

    @Test
    void alignmentFromOneToTwoMebibytes() {
        for (long alignment = 1; alignment <= 2L << 20; alignment *= 2) {
            for (long byteSize : new long[] {0, 1, 16, 100, 5000}) {
                long address = allocator.allocate(byteSize, alignment);
                long zeroed = allocator.allocateZeroed(byteSize, alignment);
                if (allocator.traits().serves(byteSize, alignment)) {
                    assertNotEquals(NULL, address, byteSize + " bytes aligned to " + alignment);
                    assertNotEquals(NULL, zeroed, byteSize + " bytes aligned to " + alignment);
                    assertEquals(0, (address | zeroed) % Math.max(16, alignment));
                    Contents.checkZero(zeroed, byteSize);
                    Contents.write(zeroed, byteSize, 1);
                    Contents.write(address, byteSize, 2);
                    Contents.check(zeroed, byteSize, 1);
                    assertEquals(FreeOutcome.FREED, allocator.free(zeroed));
                    assertEquals(FreeOutcome.FREED, allocator.free(address));
                }
            }
        }
    }

    @Test
    void sizesZeroAndOne() {
        long[] blocks = new long[100];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = i % 2 == 0 ? allocate(0) : allocator.allocateZeroed(1, 1);
            assertTrue(allocator.usableSize(blocks[i]) >= 1);
        }
        assertEquals(100, Arrays.stream(blocks).distinct().count(), "each has its own address");
        for (long address : blocks) {
            assertEquals(FreeOutcome.FREED, allocator.free(address));
        }
    }

    @Test
    void sizesAroundTwoGibibytesAndBeyond() {
        long[] sizes = {
            Integer.MAX_VALUE,
            1L << 31,
            (1L << 31) + 1,
            (1L << 32) - 1,
            1L << 32,
            (1L << 32) + 1,
            (1L << 32) + 64,
            Long.MAX_VALUE - 4096,
            Long.MAX_VALUE - 15,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            -1
        };
        long kept = allocate(64);
        Contents.write(kept, 64, 4);
        for (long byteSize : sizes) {
            if (!allocator.traits().serves(byteSize, 16)) {
                for (long alignment : new long[] {1, 16, 64, 4096}) {
                    assertEquals(NULL, allocator.allocate(byteSize, alignment), "size " + byteSize);
                    assertEquals(NULL, allocator.allocateZeroed(byteSize, alignment), "size " + byteSize);
                }
                assertEquals(NULL, allocator.reallocate(kept, byteSize), "size " + byteSize);
                Contents.check(kept, 64, 4);
            }
        }
        assertEquals(1, allocator.stats().liveCount());
    }

    /** Sizes at which the usable size changes, and one less and more, keep to themselves. */
    @Test
    void classEdges() {
        long before = usableSize(1);
        for (long byteSize = 2; byteSize <= Math.min(largest, 5000); byteSize++) {
            long usable = usableSize(byteSize);
            assertTrue(usable >= byteSize);
            if (usable != before) {
                long below = allocate(byteSize - 1);
                long at = allocate(byteSize);
                long above = allocate(Math.min(largest, byteSize + 1));
                Contents.write(at, allocator.usableSize(at), 1);
                Contents.write(below, allocator.usableSize(below), 2);
                Contents.write(above, allocator.usableSize(above), 3);
                Contents.check(at, allocator.usableSize(at), 1);
                Contents.check(below, allocator.usableSize(below), 2);
                assertEquals(FreeOutcome.FREED, allocator.free(at));
                assertEquals(FreeOutcome.FREED, allocator.free(below));
                assertEquals(FreeOutcome.FREED, allocator.free(above));
                before = usable;
            }
        }
    }

    private long usableSize(long byteSize) {
        long address = allocate(byteSize);
        long usable = allocator.usableSize(address);
        assertEquals(FreeOutcome.FREED, allocator.free(address));
        return usable;
    }

    @Test
    void memoryReturnsToBaseline() {
        for (int round = 0; round < 3; round++) {
            assertEquals(0, new ModelRun(allocator, round, 4000, Math.min(largest, 50_000)).run());
            assertEquals(0, allocator.stats().liveCount());
            allocator.purge();
            assertEquals(0, allocator.stats().usedBytes());
            assertEquals(0, allocator.stats().committedBytes());
            assertEquals(0, source.committedBytes());
        }
    }

    @Test
    void largeBlockGrowth() {
        long address = allocate(16);
        Contents.write(address, 16, 8);
        for (long byteSize = 32; byteSize <= largest; byteSize = byteSize * 5 / 4) {
            address = allocator.reallocate(address, byteSize);
            assertNotEquals(NULL, address, "grown to " + byteSize);
            Contents.check(address, 16, 8);
        }
        assertFalse(allocator.usableSize(address) < 32);
    }
}
