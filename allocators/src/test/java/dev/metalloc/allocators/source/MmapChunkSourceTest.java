// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class MmapChunkSourceTest {

    private static final long MIB = 1L << 20;

    @Test
    void shouldHoldTheLimit() {
        try (MmapChunkSource source = new MmapChunkSource(2 * MIB)) {
            long address = source.reserve(16 * MIB, 4096);
            assertTrue(source.commit(address, MIB));
            assertFalse(source.commit(address + MIB, 2 * MIB));
            assertTrue(source.commit(address + MIB, MIB));
            assertFalse(source.commit(address + 2 * MIB, 4096));
            source.purge(address, MIB);
            assertEquals(MIB, source.committedBytes());
            assertEquals(2 * MIB, source.peakCommittedBytes());
            assertTrue(source.commit(address + 2 * MIB, MIB));
            source.release(address, 16 * MIB);
            assertEquals(0, source.committedBytes());
            assertEquals(0, source.reservedBytes());
        }
    }

    @Test
    void shouldZeroWhatItPurges() {
        try (MmapChunkSource source = new MmapChunkSource(MIB)) {
            long address = source.reserve(MIB, 4096);
            assertTrue(source.commit(address, MIB));
            OffHeapMemory.writeLong(address + 5000, 1);
            source.purge(address + 4096, 4096);
            assertTrue(source.commit(address + 4096, 4096));
            assertEquals(0, OffHeapMemory.readLong(address + 5000));
            OffHeapMemory.writeLong(address + 5000, 1);
            source.decommit(address, MIB);
            assertTrue(source.commit(address, MIB));
            assertEquals(0, OffHeapMemory.readLong(address + 5000));
        }
    }

    @Test
    void shouldAlignReservations() {
        try (MmapChunkSource source = new MmapChunkSource(MIB)) {
            for (long alignment = 1; alignment <= 1L << 30; alignment *= 2) {
                long address = source.reserve(MIB, alignment);
                assertNotEquals(0, address);
                assertEquals(0, address % Math.max(4096, alignment));
            }
        }
    }

    @Test
    void shouldAnswerZeroWhereThereIsNoSpace() {
        try (MmapChunkSource source = new MmapChunkSource(MIB)) {
            assertEquals(0, source.reserve(1L << 50, 4096));
            assertEquals(0, source.reserve(Long.MAX_VALUE, 4096));
            assertEquals(0, source.reserve(-4096, 4096));
            ReservedRegion region = ReservedRegion.reserve(source, 1L << 50, 1L << 20, 4096, 65536);
            assertTrue(region.byteSize() > 1L << 30 && region.byteSize() < 1L << 50, "halved");
            assertEquals(region.byteSize(), source.reservedBytes());
        }
    }

    @Test
    void shouldRefuseWhatItDidNotReserve() {
        try (MmapChunkSource source = new MmapChunkSource(MIB)) {
            long address = source.reserve(MIB, 4096);
            assertThrows(IllegalArgumentException.class, () -> source.commit(address, 2 * MIB));
            assertThrows(IllegalArgumentException.class, () -> source.commit(address + 1, 4096));
            assertThrows(IllegalArgumentException.class, () -> source.release(address, 4096));
            assertThrows(IllegalArgumentException.class, () -> source.purge(4096, 4096));
        }
    }
}
