// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RefusingAllocatorTest {

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final OffHeapAllocator slab = Allocators.create(new AllocatorSpec("slab", Map.of("classes", "64")), source);
    private final OffHeapAllocator segregated = Allocators.create(AllocatorSpec.of("segregated"), source);
    private final CompositeAllocator composite = new CompositeAllocator(
            new OffHeapAllocator[] {slab, new RefusingAllocator(), segregated}, new long[] {64, 128});

    @AfterEach
    void close() {
        composite.close();
        source.close();
    }

    @Test
    void shouldServeNothingOfItsBandAndLeaveItToNoOtherPart() {
        assertEquals(0, composite.allocate(65, 16));
        assertEquals(0, composite.allocate(128, 16));
        assertEquals(0, composite.allocateZeroed(100, 16));
        assertEquals(0, composite.stats().allocateCount());
    }

    @Test
    void shouldLeaveTheOtherBandsAsTheyAre() {
        long small = composite.allocate(64, 16);
        long large = composite.allocate(129, 16);
        // What its own part cannot align goes past the band to the next.
        long aligned = composite.allocate(64, 1024);
        assertTrue(slab.owns(small));
        assertTrue(segregated.owns(large));
        assertTrue(segregated.owns(aligned));
        assertEquals(0, composite.allocate(-1, 16));

        assertEquals(0, composite.reallocate(small, 100));
        assertEquals(64, composite.usableSize(small));
        long moved = composite.reallocate(small, 200);
        assertNotEquals(0, moved);
        for (long address : new long[] {moved, large, aligned}) {
            assertTrue(composite.owns(address));
            assertEquals(FreeOutcome.FREED, composite.free(address));
        }
        assertNotEquals(FreeOutcome.FREED, composite.free(small));
        assertFalse(composite.owns(source.pageByteSize()));
        composite.validate();
    }

    @Test
    void shouldNotShowInTheTraits() {
        CompositeAllocator without = new CompositeAllocator(new OffHeapAllocator[] {slab, segregated}, new long[] {64});
        assertEquals(without.traits(), composite.traits());
    }
}
