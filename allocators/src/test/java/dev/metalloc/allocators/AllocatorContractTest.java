// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.NativeHeap;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;

/** What every allocator promises, whatever it is made of and whatever lies over it. */
@ParameterizedClass
@MethodSource("dev.metalloc.allocators.Subjects#all")
class AllocatorContractTest {

    private static final long NULL = OffHeapAllocator.NULL;

    /** Tables of 16 GiB of address space, of up to four parts. */
    private static final long MOST_EMPTY_RECORD_BYTES = 4L << 20;
    /** What a layer may need for the first blocks anywhere in 16 GiB, which may lie across two such. */
    private static final long MOST_STEP_BYTES = 3L << 20;

    private final Subject subject;
    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final OffHeapAllocator allocator;

    AllocatorContractTest(Subject subject) {
        this.subject = subject;
        allocator = subject.create(source);
    }

    @BeforeEach
    void shouldStartEmpty() {
        assertEquals(0, allocator.stats().liveCount());
        assertEquals(0, source.committedBytes());
    }

    @AfterEach
    void shouldHoldItsEquations() {
        allocator.validate();
        allocator.close();
        assertEquals(0, source.reservedBytes(), "address space left");
        assertEquals(0, source.committedBytes(), "memory left");
        source.close();
    }

    private long largest() {
        return Math.min(allocator.traits().maxByteSize(), 4L << 20);
    }

    private List<Long> sizes() {
        List<Long> sizes = new ArrayList<>();
        for (long size = 0; size <= 300; size++) {
            sizes.add(size);
        }
        for (long power = 512; power <= largest(); power *= 2) {
            for (long size : new long[] {power - 1, power, power + 1, power + power / 4 + 1}) {
                if (size <= largest()) {
                    sizes.add(size);
                }
            }
        }
        sizes.add(largest());
        return sizes;
    }

    private long allocate(long byteSize) {
        long address = allocator.allocate(byteSize, 1);
        assertNotEquals(NULL, address, "block of " + byteSize);
        return address;
    }

    @Test
    void shouldServeEverySizeWithItsOwnMemory() {
        Map<Long, Long> blocks = new TreeMap<>();
        for (long size : sizes()) {
            long address = allocate(size);
            assertEquals(0, address % 16);
            assertTrue(allocator.usableSize(address) >= size);
            Contents.write(address, size, address);
            assertEquals(null, blocks.put(address, size));
        }
        blocks.forEach((address, size) -> Contents.check(address, size, address));
        allocator.validate();
        for (long address : blocks.keySet()) {
            assertEquals(FreeOutcome.FREED, allocator.free(address));
        }
        assertEquals(0, allocator.stats().liveCount());
    }

    @Test
    void shouldZeroReusedMemory() {
        for (int round = 0; round < 3; round++) {
            List<Long> blocks = new ArrayList<>();
            for (long size : sizes()) {
                long address = allocator.allocateZeroed(size, 1);
                assertNotEquals(NULL, address);
                Contents.checkZero(address, size);
                Contents.write(address, Math.max(size, allocator.usableSize(address)), 3);
                blocks.add(address);
            }
            for (long address : blocks) {
                assertEquals(FreeOutcome.FREED, allocator.free(address));
            }
        }
    }

    @Test
    void shouldAlign() {
        for (long alignment = 1; alignment <= 4096; alignment *= 2) {
            assertTrue(allocator.traits().serves(64, alignment), "traits serve alignment " + alignment);
            for (long size : new long[] {1, 16, 100, 4096, 5000}) {
                long plain = allocator.allocate(size, alignment);
                long zeroed = allocator.allocateZeroed(size, alignment);
                assertNotEquals(NULL, plain, size + " aligned to " + alignment);
                assertEquals(0, plain % Math.max(16, alignment));
                assertEquals(0, zeroed % Math.max(16, alignment));
                Contents.checkZero(zeroed, size);
                Contents.write(zeroed, size, 1);
                Contents.write(plain, size, 2);
                assertEquals(FreeOutcome.FREED, allocator.free(zeroed));
            }
        }
    }

    @Test
    void shouldRefuseAbsurdRequests() {
        long kept = allocate(64);
        for (long size : new long[] {Long.MAX_VALUE, Long.MAX_VALUE - 8, Long.MAX_VALUE / 2 + 1, -1, Long.MIN_VALUE}) {
            assertEquals(NULL, allocator.allocate(size, 1), "size " + size);
            assertEquals(NULL, allocator.allocateZeroed(size, 64), "size " + size);
            assertEquals(NULL, allocator.reallocate(kept, size), "size " + size);
        }
        assertEquals(NULL, allocator.allocate(64, 1L << 62));
        assertEquals(1, allocator.stats().liveCount());
    }

    @Test
    void shouldRefuseToFreeTwice() {
        if (!subject.keepsRecords()) {
            return;
        }
        for (long size : new long[] {1, 64, 1000, largest()}) {
            long below = allocate(size);
            long address = allocate(size);
            long above = allocate(size);
            Contents.write(above, size, 5);
            assertEquals(FreeOutcome.FREED, allocator.free(address));
            assertEquals(FreeOutcome.ALREADY_FREE, allocator.free(address));
            assertEquals(-1, allocator.usableSize(address));
            assertEquals(NULL, allocator.reallocate(address, size));
            Contents.check(above, size, 5);
            assertEquals(FreeOutcome.FREED, allocator.free(below));
            assertEquals(FreeOutcome.FREED, allocator.free(above));
            assertNotEquals(FreeOutcome.FREED, allocator.free(above));
        }
        assertEquals(8, allocator.stats().refusedFreeCount());
        assertEquals(0, allocator.stats().liveCount());
    }

    @Test
    void shouldRefuseToFreeInteriorAddresses() {
        if (!subject.keepsRecords()) {
            return;
        }
        long address = allocate(200);
        Contents.write(address, 200, 9);
        for (long offset : new long[] {1, 8, 16, 48, 199}) {
            assertEquals(FreeOutcome.NOT_A_BLOCK, allocator.free(address + offset), "offset " + offset);
            assertEquals(-1, allocator.usableSize(address + offset));
            assertEquals(NULL, allocator.reallocate(address + offset, 10));
        }
        Contents.check(address, 200, 9);
        assertEquals(5, allocator.stats().refusedFreeCount());
        assertEquals(FreeOutcome.FREED, allocator.free(address));
    }

    @Test
    void shouldRefuseForeignAddresses() {
        if (!subject.keepsRecords()) {
            return;
        }
        long foreign = NativeHeap.malloc(100);
        for (long address : new long[] {0, 16, -16, Long.MIN_VALUE, foreign}) {
            assertFalse(allocator.owns(address));
            assertEquals(FreeOutcome.FOREIGN, allocator.free(address));
            assertEquals(-1, allocator.usableSize(address));
            assertEquals(NULL, allocator.reallocate(address, 10));
        }
        assertTrue(allocator.owns(allocate(10)));
        NativeHeap.free(foreign);
    }

    @Test
    void shouldKeepContentsWhenReallocating() {
        long size = 1;
        long address = allocate(size);
        Contents.write(address, size, 1);
        List<Long> obstacles = new ArrayList<>();
        while (size * 2 <= largest()) {
            long grown = allocator.reallocate(address, size * 2);
            assertNotEquals(NULL, grown);
            Contents.check(grown, size, 1);
            size *= 2;
            assertTrue(allocator.usableSize(grown) >= size);
            Contents.write(grown, size, 1);
            obstacles.add(allocate(32));
            address = grown;
        }
        while (size > 1) {
            size /= 3;
            address = allocator.reallocate(address, size);
            assertNotEquals(NULL, address);
            Contents.check(address, size, 1);
        }
        allocator.validate();
        assertEquals(obstacles.size() + 1, allocator.stats().liveCount());
    }

    @Test
    void shouldTellHowLargeItsRecordsAre() {
        long before = allocator.stats().metadataBytes();
        for (int i = 0; i < 24_000; i++) {
            allocate(700 + i % 300);
        }
        AllocatorStats stats = allocator.stats();
        if (subject.keepsRecords()) {
            assertTrue(before > 0 && before <= MOST_EMPTY_RECORD_BYTES, "records of nothing: " + before);
            long added = stats.metadataBytes() - before;
            assertTrue(added > 0 && added <= stats.usedBytes() / 4 + MOST_STEP_BYTES, "records of blocks: " + added);
        }
    }

    @Test
    void shouldReportStatisticsThatSum() {
        long before = allocator.stats().usedBytes();
        List<Long> blocks = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            blocks.add(allocate(1 + i % 500));
        }
        for (int i = 0; i < 300; i++) {
            allocator.free(blocks.get(i));
        }
        AllocatorStats stats = allocator.stats();
        assertEquals(stats.committedBytes(), stats.usedBytes() + stats.freeBytes());
        assertTrue(stats.committedBytes() <= stats.reservedBytes());
        assertTrue(stats.committedBytes() <= stats.peakCommittedBytes());
        assertEquals(1000, stats.allocateCount());
        assertEquals(300, stats.freeCount());
        assertTrue(stats.usedBytes() > before);
        if (subject.keepsRecords()) {
            assertEquals(source.committedBytes(), stats.committedBytes());
        }
    }

    @Test
    void shouldKeepLiveContentsWhenPurging() {
        List<Long> kept = new ArrayList<>();
        List<Long> freed = new ArrayList<>();
        for (int i = 0; i < 4000; i++) {
            long address = allocate(500);
            Contents.write(address, 500, i);
            (i % 100 == 0 && i < 400 ? kept : freed).add(address);
        }
        for (long address : freed) {
            allocator.free(address);
        }
        long committed = source.committedBytes();
        long purged = allocator.purge();
        allocator.validate();
        if (subject.keepsRecords()) {
            assertTrue(purged > 0);
            assertEquals(committed - purged, source.committedBytes());
        }
        for (int i = 0; i < kept.size(); i++) {
            Contents.check(kept.get(i), 500, i * 100L);
        }
        for (int i = 0; i < 4000; i++) {
            long address = allocator.allocateZeroed(500, 1);
            Contents.checkZero(address, 500);
            Contents.write(address, 500, 7);
        }
        for (int i = 0; i < kept.size(); i++) {
            Contents.check(kept.get(i), 500, i * 100L);
        }
    }

    @Test
    void shouldGiveAllMemoryBack() {
        Random random = new Random(1);
        for (int round = 0; round < 3; round++) {
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 3000; i++) {
                blocks.add(allocate(1 + random.nextInt((int) Math.min(8000, largest()))));
            }
            Collections.shuffle(blocks, random);
            for (long address : blocks) {
                assertEquals(FreeOutcome.FREED, allocator.free(address));
            }
            allocator.purge();
            assertEquals(0, source.committedBytes());
            assertEquals(0, allocator.stats().usedBytes());
        }
    }

    @Test
    void shouldAnswerNullWhenMemoryRunsOut() {
        if (!subject.keepsRecords()) {
            return;
        }
        try (MmapChunkSource small = new MmapChunkSource(2L << 20);
                OffHeapAllocator limited = subject.create(small)) {
            for (int round = 0; round < 3; round++) {
                List<Long> blocks = new ArrayList<>();
                for (long address = limited.allocateZeroed(3000, 1);
                        address != NULL;
                        address = limited.allocateZeroed(3000, 1)) {
                    Contents.checkZero(address, 3000);
                    Contents.write(address, 3000, 3);
                    blocks.add(address);
                }
                limited.validate();
                assertTrue(blocks.size() > 300, "blocks served: " + blocks.size());
                assertTrue(blocks.size() * 3000L <= 2L << 20);
                for (long address : blocks) {
                    assertEquals(FreeOutcome.FREED, limited.free(address));
                }
                limited.validate();
                limited.purge();
            }
        }
    }

    @Test
    void shouldSurviveRefusedCommits() {
        if (!subject.keepsRecords()) {
            return;
        }
        for (int failing = 1; failing <= 5; failing++) {
            try (MmapChunkSource good = new MmapChunkSource(1L << 30);
                    FailingChunkSource failingSource = new FailingChunkSource(good, FailingChunkSource.NEVER, failing);
                    OffHeapAllocator shaky = subject.create(failingSource)) {
                int refused = new ModelRun(shaky, failing, 4000, Math.min(largest(), 20_000)).run();
                assertTrue(failingSource.refusedCommits() > 0, "no commit was refused");
                assertTrue(refused > 0 || failing > 1, "served without memory");
                shaky.validate();
                shaky.purge();
                assertEquals(0, good.committedBytes());
            }
        }
    }

    @Test
    void shouldServeNothingWithoutAddressSpace() {
        if (!subject.keepsRecords()) {
            return;
        }
        OffHeapAllocator empty = subject.create(new FailingChunkSource(source, 1, FailingChunkSource.NEVER));
        assertEquals(NULL, empty.allocate(64, 1));
        assertEquals(NULL, empty.allocateZeroed(64, 64));
        assertFalse(empty.owns(0));
        assertEquals(FreeOutcome.FOREIGN, empty.free(4096));
        assertEquals(0, empty.purge());
        assertEquals(0, empty.stats().committedBytes());
        empty.validate();
        empty.close();
    }

    @Test
    void shouldBehaveLikeTheModel() {
        for (long seed = 1; seed <= 2; seed++) {
            assertEquals(0, new ModelRun(allocator, seed, 5000, largest()).run(), "refused with seed " + seed);
            allocator.validate();
        }
    }
}
