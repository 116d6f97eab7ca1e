// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class CheckingAllocatorTest {

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final List<String> findings = new ArrayList<>();
    private final CheckingAllocator checking = new CheckingAllocator(
            Allocators.create(AllocatorSpec.of("slab"), source), 4, 1 << 20, (what, address) -> findings.add(what));

    @AfterEach
    void close() {
        checking.close();
        source.close();
    }

    @Test
    void shouldFindAWritePastTheEnd() {
        long address = checking.allocate(33, 1);
        OffHeapMemory.writeByte(address + 33, (byte) 1);
        IllegalStateException e = assertThrows(IllegalStateException.class, checking::validate);
        assertEquals("block of 33 bytes: written past the end (found while live)", e.getMessage());
        assertEquals(FreeOutcome.FREED, checking.free(address));
        assertEquals(List.of("block of 33 bytes: written past the end"), findings);
        checking.validate();
    }

    @Test
    void shouldFindAWriteAfterFree() {
        long address = checking.allocate(100, 1);
        checking.free(address);
        OffHeapMemory.writeByte(address + 50, (byte) 1);
        checking.purge();
        assertEquals(List.of("block of 100 bytes: written after it was freed"), findings);
        checking.validate();
    }

    @Test
    void shouldKeepFreedBlocksFromReuse() {
        long address = checking.allocate(64, 1);
        checking.free(address);
        assertEquals(FreeOutcome.ALREADY_FREE, checking.free(address));
        for (int i = 0; i < 4; i++) {
            long other = checking.allocate(64, 1);
            assertEquals(false, other == address);
            checking.free(other);
        }
        assertEquals(List.of(), findings);
        checking.validate();
    }

    @Test
    void shouldThrowByDefault() {
        CheckingAllocator throwing = new CheckingAllocator(Allocators.create(AllocatorSpec.of("slab"), source));
        long address = throwing.allocate(8, 1);
        OffHeapMemory.writeLong(address + 8, 1);
        assertThrows(IllegalStateException.class, () -> throwing.free(address));
        throwing.validate();
        throwing.close();
    }

    @Test
    void overflowSmallOneByte() {
        expectOverflow(24, 1);
    }

    @Test
    void overflowSmallEightBytes() {
        expectOverflow(24, 8);
    }

    @Test
    void overflowLargeOneByte() {
        expectOverflow(20_001, 1);
    }

    @Test
    void overflowLargeEightBytes() {
        expectOverflow(20_001, 8);
    }

    private void expectOverflow(long byteSize, int overflowBytes) {
        long address = checking.allocate(byteSize, 1);
        OffHeapMemory.fill(address, byteSize + overflowBytes, (byte) 0x41);
        assertThrows(IllegalStateException.class, checking::validate);
        assertEquals(FreeOutcome.FREED, checking.free(address));
        assertEquals(List.of("block of " + byteSize + " bytes: written past the end"), findings);
        checking.validate();
    }

    /** Any single byte that is wrong is found, wherever it is. */
    @Test
    void overflowOfAnyByteOfTheCanary() {
        for (int offset = 0; offset < 16; offset++) {
            long address = checking.allocate(40, 1);
            OffHeapMemory.writeByte(address + 40 + offset, (byte) 0);
            checking.free(address);
            assertEquals(offset + 1, findings.size());
        }
    }

    @Test
    void noFalseAlarmOnWritesInBounds() {
        for (int byteSize = 0; byteSize < 300; byteSize++) {
            long address = checking.allocate(byteSize, 1);
            OffHeapMemory.fill(address, Math.max(1, byteSize), (byte) -1);
            address = checking.reallocate(address, byteSize + 7);
            OffHeapMemory.fill(address, byteSize + 7, (byte) -1);
            checking.free(address);
        }
        checking.purge();
        assertEquals(List.of(), findings);
    }

    @Test
    void writeAfterFreeSmall() {
        expectWriteAfterFree(16, 0);
        expectWriteAfterFree(16, 15);
    }

    @Test
    void writeAfterFreeLarge() {
        expectWriteAfterFree(30_000, 0);
        expectWriteAfterFree(30_000, 29_999);
    }

    /** Found when the block leaves quarantine because newer ones enter. */
    private void expectWriteAfterFree(long byteSize, long offset) {
        findings.clear();
        long address = checking.allocate(byteSize, 1);
        checking.free(address);
        OffHeapMemory.writeByte(address + offset, (byte) 1);
        for (int i = 0; i < 4; i++) {
            checking.free(checking.allocate(64, 1));
        }
        assertEquals(List.of("block of " + byteSize + " bytes: written after it was freed"), findings);
        checking.validate();
    }

    @Test
    void writeAfterReallocate() {
        long address = checking.allocate(100, 1);
        checking.reallocate(address, 101);
        OffHeapMemory.writeByte(address, (byte) 1);
        checking.purge();
        assertEquals(List.of("block of 100 bytes: written after it was freed"), findings);
    }

    /** What is read of a freed block is poison, not what was there. */
    @Test
    void readAfterFree() {
        long address = checking.allocate(64, 1);
        OffHeapMemory.writeLong(address, 42);
        checking.free(address);
        assertEquals(0xDDDD_DDDD_DDDD_DDDDL, OffHeapMemory.readLong(address));
    }

    @Test
    void shouldBoundQuarantineInBytes() {
        List<Long> freed = new ArrayList<>();
        try (CheckingAllocator few = new CheckingAllocator(
                Allocators.create(AllocatorSpec.of("buddy"), source), 1000, 300_000, CorruptionHandler.THROWING)) {
            for (int i = 0; i < 10; i++) {
                freed.add(few.allocate(100_000, 1));
            }
            for (long address : freed) {
                few.free(address);
                few.validate();
            }
            // Three blocks stay; one larger than the bound is not kept back at all.
            assertEquals(3 * (128L << 10), few.stats().usedBytes());
            few.free(few.allocate(300_001, 1));
            assertEquals(3 * (128L << 10), few.stats().usedBytes());
        }
    }

    @Test
    void shouldEndQuarantineWhereMemoryRunsOut() {
        try (MmapChunkSource small = new MmapChunkSource(1 << 20);
                CheckingAllocator full = new CheckingAllocator(
                        Allocators.create(AllocatorSpec.of("buddy"), small),
                        1000,
                        1L << 30,
                        CorruptionHandler.THROWING)) {
            for (int i = 0; i < 100; i++) {
                long address = full.allocate(200_000, 1);
                assertNotEquals(0, address);
                full.free(address);
            }
            full.validate();
        }
    }

    /** A handler that throws leaves nothing half done: neither the block that was freed nor the one that was released. */
    @Test
    void shouldStayWholeWhereTheHandlerThrows() {
        try (CheckingAllocator throwing = new CheckingAllocator(
                Allocators.create(AllocatorSpec.of("slab"), source), 2, 1 << 20, CorruptionHandler.THROWING)) {
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                blocks.add(throwing.allocate(64, 1));
            }
            for (long address : blocks) {
                assertTrue(address != 0);
                try {
                    throwing.free(address);
                } catch (IllegalStateException e) {
                    findings.add(e.getMessage());
                }
                OffHeapMemory.writeByte(address, (byte) 1);
                throwing.validate();
            }
            assertEquals(4, findings.size());
            assertEquals(0, throwing.stats().liveCount());
        }
    }

    /** One block that was written past its end after the other: each leaves room in quarantine for the next. */
    @Test
    void shouldKeepItsLimitsWhereTheHandlerThrows() {
        OffHeapAllocator inner = Allocators.create(AllocatorSpec.of("slab"), source);
        try (CheckingAllocator throwing = new CheckingAllocator(inner, 2, 1 << 20, CorruptionHandler.THROWING)) {
            List<Long> live = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                long address = throwing.allocate(64, 1);
                OffHeapMemory.writeByte(address + 64, (byte) 1);
                assertThrows(IllegalStateException.class, () -> throwing.free(address));
                assertEquals(Math.min(i + 1, 2), inner.stats().liveCount() - live.size(), "kept back");
                live.add(throwing.allocate(64, 1));
                throwing.validate();
            }
            for (long address : live) {
                assertEquals(FreeOutcome.FREED, throwing.free(address));
                throwing.validate();
            }
        }
    }

    @Test
    void shouldKeepNoBlockThatNobodyKnowsWhereTheHandlerThrows() {
        try (CheckingAllocator throwing = new CheckingAllocator(Allocators.create(AllocatorSpec.of("slab"), source))) {
            long address = throwing.allocate(64, 1);
            OffHeapMemory.writeByte(address + 64, (byte) 1);
            assertThrows(IllegalStateException.class, () -> throwing.reallocate(address, 100));
            assertEquals(0, throwing.stats().liveCount());
            assertEquals(FreeOutcome.ALREADY_FREE, throwing.free(address));
            throwing.validate();
        }
    }

    @Test
    void shouldNoticeWhatTheInnerAllocatorLost() {
        OffHeapAllocator inner = Allocators.create(AllocatorSpec.of("slab"), source);
        try (CheckingAllocator layer = new CheckingAllocator(inner)) {
            long address = layer.allocate(64, 1);
            inner.free(address);
            IllegalStateException e = assertThrows(IllegalStateException.class, layer::validate);
            assertEquals("checking: broken: inner live == live + quarantined", e.getMessage());
        }
    }
}
