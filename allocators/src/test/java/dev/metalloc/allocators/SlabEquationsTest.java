// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Breaks the records of slabs one by one and expects {@code validate()} to name the equation. */
class SlabEquationsTest {

    private static final int SMALL = 64;
    private static final int LARGE = 1024;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final OffHeapAllocator slab = create("false");
    private final long[] small = new long[100];
    private final long[] large = new long[200];

    private OffHeapAllocator create(String isLocked) {
        String classes = SMALL + "," + LARGE;
        return Allocators.create(new AllocatorSpec("slab", Map.of("classes", classes, "lock", isLocked)), source);
    }

    /** In the first slab some blocks are free, and two of its are in a stack; of four slabs of large blocks two have room and one is purged. */
    @BeforeEach
    void use() {
        for (int i = 0; i < small.length; i++) {
            small[i] = slab.allocate(SMALL, 16);
        }
        for (int i = 0; i < large.length; i++) {
            large[i] = slab.allocate(LARGE, 16);
        }
        for (int i = 0; i < small.length; i += 2) {
            slab.free(small[i]);
        }
        for (int i = 0; i < 130; i++) {
            if (i != 10) {
                slab.free(large[i]);
            }
        }
        slab.purge();
        slab.free(small[1]);
        slab.free(small[3]);
        slab.validate();
    }

    @AfterEach
    void close() {
        source.close();
    }

    private static void expect(OffHeapAllocator broken, String equation) {
        IllegalStateException e = assertThrows(IllegalStateException.class, broken::validate, equation);
        assertTrue(String.valueOf(e.getMessage()).contains(equation), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "heap.words[0], 300, bottom <= top <= bottom + capacity",
        "heap.carriedCount, -1000, live blocks <= allocated blocks",
        "heap.slabs.current[0].state, 1, current state",
        "heap.slabs.partial.heads[1].state, 1, a listed slab is partial and has room",
        "pool.usedSlots, 1, every used slot has a slab",
        "pool.sizeClasses[0], 1, both tables say the same class",
        "pool.purged.state, -2, a slab has a heap or is pooled",
        "pool.slabs[0].committedBytes, 4096, committed bytes == sum over slabs",
        "pool.slabs[0].committedEnd, -100, blocks that were taken have memory behind them",
        "pool.slabs[0].free.first, 16, none below the first",
    })
    void slab(String record, long delta, String equation) {
        Corruption.add(slab, record, delta);
        expect(slab, equation);
    }

    @Test
    void aSlabOfAnotherHeap() {
        Corruption.replace(slab, "pool.heaps[0]", null);
        expect(slab, "both tables say the same heap");
    }

    @Test
    void aSlabThatIsLost() {
        Corruption.replace(slab, "pool.purged", null);
        expect(slab, "owned + pooled == all slabs");
    }

    @Test
    void aListWhoseLinksDiffer() {
        Corruption.replace(
                slab,
                "heap.slabs.partial.heads[1].previous",
                Corruption.read(slab, "heap.slabs.partial.heads[1].next"));
        expect(slab, "links agree both ways");
    }

    /** The block on the bottom of the stack of small ones becomes another. */
    private static void putInStack(OffHeapAllocator broken, String heap, long block) {
        int bottom = ((Number) Corruption.read(broken, heap + ".bottoms[0]")).intValue();
        assertNotEquals(0L, Corruption.read(broken, heap + ".words[" + (bottom + 1) + "]"));
        Corruption.set(broken, heap + ".words[" + (bottom + 1) + "]", block);
    }

    @Test
    void aStackWithABlockOfAnotherClass() {
        putInStack(slab, "heap", large[10]);
        expect(slab, "blocks in a magazine are of its class");
    }

    @Test
    void aStackWithALiveBlock() {
        putInStack(slab, "heap", small[5]);
        expect(slab, "blocks in a magazine are not live");
    }

    @Test
    void aLiveBlockThatTheMapForgets() {
        long origin = ((Number) Corruption.read(slab, "mapOrigin")).longValue();
        int shift = ((Number) Corruption.read(slab, "granuleShift")).intValue();
        OffHeapMemory.writeByte(origin + (small[5] >>> shift), (byte) 0);
        expect(slab, "live blocks + blocks in magazines == blocks out");
    }

    /** A program that runs for weeks: the number of blocks handed out is carried over before its part of a word is full. */
    @Test
    void moreBlocksThanAWordCounts() {
        long counted = slab.stats().allocateCount();
        long[] blocks = new long[1000];
        for (int round = 0; round < 3; round++) {
            Corruption.add(slab, "heap.words[0]", ((1L << 47) - 100) << 16);
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = slab.allocate(SMALL, 16);
            }
            for (long block : blocks) {
                slab.free(block);
            }
            counted += (1L << 47) - 100 + blocks.length;
            assertEquals(counted, slab.stats().allocateCount());
            slab.validate();
        }
    }
}
