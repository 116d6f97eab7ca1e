// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.bump.BumpAllocator;
import dev.metalloc.allocators.composite.CompositeAllocator;
import dev.metalloc.allocators.concurrent.CachingAllocator;
import dev.metalloc.allocators.concurrent.LockedAllocator;
import dev.metalloc.allocators.debug.CheckingAllocator;
import dev.metalloc.allocators.recording.RecordingAllocator;
import dev.metalloc.allocators.recording.TraceWriter;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.io.OutputStream;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bytes of records, where they can be told from the outside: of the parts and layers that an allocator is made of. */
class RecordBytesOfPartsTest {

    private static final long KIB = 1 << 10;
    private static final long MIB = 1 << 20;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);

    @AfterEach
    void close() {
        source.close();
    }

    private static long recordBytes(OffHeapAllocator allocator) {
        return allocator.stats().metadataBytes();
    }

    private static void assertNear(long expected, long actual, long tolerance) {
        assertTrue(Math.abs(actual - expected) <= tolerance, actual + " (expected: about " + expected + ")");
    }

    @Test
    void bump_hasTwoBitsForEachSixteenBytesOfItsChunks() {
        try (BumpAllocator bump = new BumpAllocator(source, 64 * KIB, MIB)) {
            bump.allocate(16, 1);
            long ofOneChunk = recordBytes(bump);
            for (int i = 0; i < 3; i++) {
                bump.allocate(16 * KIB, 1);
            }
            assertEquals(ofOneChunk, recordBytes(bump));
            bump.allocate(16 * KIB, 1);
            assertEquals(ofOneChunk + KIB, recordBytes(bump));
        }
    }

    @Test
    void segregated_hasAByteForEachSixteenOfWhatItReached() {
        try (OffHeapAllocator segregated =
                Allocators.create(new AllocatorSpec("segregated", Map.of("lock", "false")), source)) {
            long empty = recordBytes(segregated);
            for (int i = 0; i < 1024; i++) {
                segregated.allocate(64 * KIB, 1);
            }
            // And a page or so, and the spans' bits.
            assertNear(64 * MIB / 16, recordBytes(segregated) - empty, 100 * KIB);
        }
    }

    @Test
    void slab_hasAByteForEachGranuleOfWhatItReached() {
        AllocatorSpec spec = new AllocatorSpec("slab", Map.of("lock", "false", "classes", "64", "slabBytes", "65536"));
        try (OffHeapAllocator slab = Allocators.create(spec, source)) {
            long empty = recordBytes(slab);
            for (long bytes = 0; bytes < 16 * MIB; bytes += 64) {
                slab.allocate(64, 1);
            }
            // A byte of the map for each block, a bit that it is free, one that another thread freed it, and three
            // lines for each slab.
            long perSlab = 1024 + 2 * 128 + 3 * 64;
            assertNear(256 * perSlab, recordBytes(slab) - empty, 40 * KIB);
        }
    }

    @Test
    void composite_hasThoseOfItsParts() {
        OffHeapAllocator bump = new BumpAllocator(source, 64 * KIB, MIB);
        OffHeapAllocator buddy = Allocators.create(new AllocatorSpec("buddy", Map.of("lock", "false")), source);
        try (CompositeAllocator composite =
                new CompositeAllocator(new OffHeapAllocator[] {bump, buddy}, new long[] {100})) {
            composite.allocate(10, 1);
            composite.allocate(1000, 1);
            assertTrue(recordBytes(bump) > 0 && recordBytes(buddy) > 0);
            assertEquals(recordBytes(bump) + recordBytes(buddy), recordBytes(composite));
        }
    }

    @Test
    void layers_addTheirOwn() {
        OffHeapAllocator bump = new BumpAllocator(source, 64 * KIB, MIB);
        OffHeapAllocator locked = new LockedAllocator(bump);
        assertEquals(recordBytes(bump), recordBytes(locked));

        OffHeapAllocator recording =
                new RecordingAllocator(locked, new TraceWriter(OutputStream.nullOutputStream(), Map.of()));
        long tableBytes = 2 * 64 * Long.BYTES;
        assertEquals(recordBytes(locked) + tableBytes, recordBytes(recording));

        OffHeapAllocator checking = new CheckingAllocator(recording);
        long ringBytes = (CheckingAllocator.DEFAULT_QUARANTINE_BLOCKS + 1L) * Long.BYTES;
        assertEquals(recordBytes(recording) + 2 * tableBytes + ringBytes, recordBytes(checking));
        for (int i = 0; i < 33; i++) {
            checking.allocate(100, 1);
        }
        // Both tables doubled before they were more than half full.
        assertEquals(
                recordBytes(locked) + 2 * tableBytes + 2 * tableBytes + tableBytes + ringBytes, recordBytes(checking));
        checking.close();
    }

    @Test
    void cache_hasMarksWhereBlocksLieAndMagazinesOfThreads() {
        OffHeapAllocator bump = new BumpAllocator(source, 64 * KIB, MIB);
        try (CachingAllocator caching = new CachingAllocator(bump, CachingAllocator.DEFAULT_CACHE_BYTES)) {
            long empty = recordBytes(caching) - recordBytes(bump);
            long address = caching.allocate(100, 1);
            long used = recordBytes(caching) - recordBytes(bump);
            // References to the leaves of 16 GiB, a leaf of 4 KiB or two, and the thread's stacks.
            assertTrue(used - empty > MIB + 4 * KIB && used - empty < 3 * MIB, "records: " + (used - empty));
            caching.free(address);
            caching.allocate(100, 1);
            assertEquals(used, recordBytes(caching) - recordBytes(bump), "no record for the same block again");
        }
    }
}
