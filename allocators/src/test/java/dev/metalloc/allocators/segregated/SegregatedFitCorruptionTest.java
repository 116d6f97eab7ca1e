// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.layout.SparseBitmap;
import dev.metalloc.allocators.layout.SparseBytes;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breaks each record in turn and expects the walk to say so. */
class SegregatedFitCorruptionTest {

    private static final int END = 1000;

    private final SparseBitmap starts = new SparseBitmap(END + 1);
    private final SparseBytes live = new SparseBytes(END + 1);
    private final QuickSizes sizes = new QuickSizes(8);
    private final FreeBlocks free = new FreeBlocks();

    /** A live block of 10 granules, a free one of 20, a live one of 30, and a free rest. */
    @BeforeEach
    void lay() {
        for (int start : new int[] {0, 10, 30, 60, END}) {
            starts.set(start);
        }
        live.set(0, mark(10));
        live.set(30, SegregatedFitAllocator.LIVE_UNNUMBERED);
        free.insert(10, 20);
        free.insert(60, END - 60);
        SegregatedFitWalk walk = walk();
        assertEquals(2, walk.liveCount());
        assertEquals(40, walk.liveGranules());
        assertEquals(0, walk.heldCount());
    }

    private int mark(int granules) {
        return SegregatedFitAllocator.LIVE | sizes.indexOf(granules);
    }

    private SegregatedFitWalk walk() {
        free.validate();
        SegregatedFitWalk walk = new SegregatedFitWalk(starts, live, free, sizes);
        walk.tile(END);
        return walk;
    }

    private void expect(String equation) {
        IllegalStateException e = assertThrows(IllegalStateException.class, this::walk);
        assertTrue(String.valueOf(e.getMessage()).contains(equation), e.getMessage());
    }

    @Test
    void shouldNoticeALostStart() {
        starts.clear(30);
        expect("a free block ends where the next starts");
    }

    @Test
    void shouldNoticeAFreeBlockHandedOut() {
        live.set(10, mark(20));
        expect("no block is free and live");
    }

    @Test
    void shouldCountABlockThatIsNowhereAsHeld() {
        free.remove(free.find(10));
        assertEquals(1, walk().heldCount());
    }

    @Test
    void shouldNoticeALiveBlockOfAnotherSize() {
        live.set(0, mark(9));
        expect("a live block has the size of its number");
    }

    @Test
    void shouldNoticeALiveBlockAboveTheTop() {
        live.set(END, mark(9));
        expect("every live block starts");
    }

    @Test
    void shouldNoticeNeighboursNotJoined() {
        live.set(30, 0);
        free.insert(30, 30);
        expect("no two free blocks adjoin");
    }

    @Test
    void shouldNoticeALiveBlockWithoutStart() {
        live.set(5, mark(1));
        expect("every live block starts");
    }
}
