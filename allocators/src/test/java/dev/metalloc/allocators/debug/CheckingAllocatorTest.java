// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.debug;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.FreeOutcome;
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
            Allocators.create(AllocatorSpec.of("slab"), source), 4, (what, address) -> findings.add(what));

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
}
