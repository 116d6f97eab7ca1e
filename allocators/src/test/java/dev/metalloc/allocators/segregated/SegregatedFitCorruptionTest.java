// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breaks each record in turn and expects the walk to say so. */
class SegregatedFitCorruptionTest {

    private static final int END = 1000;

    private final BlockTags tags = new BlockTags(END);
    private final QuickSizes sizes = new QuickSizes(8);
    private final TakenBlocks taken = new TakenBlocks(tags, sizes);
    private final FreeBlocks free = new FreeBlocks(tags);

    /** A live block of 10 granules, a free one of 20, a live one of 30, a free one of 10, and a live rest without a number. */
    @BeforeEach
    void lay() {
        assertTrue(tags.reach(END));
        taken.setLive(0, 10);
        addFree(10, 20);
        taken.setLive(30, 30);
        addFree(60, 10);
        tags.setLiveUnnumbered(70, END - 70);
        SegregatedFitWalk walk = walk();
        assertEquals(3, walk.liveCount());
        assertEquals(END - 30, walk.liveGranules());
        assertEquals(0, walk.heldCount());
    }

    @AfterEach
    void release() {
        tags.release();
    }

    private void addFree(int start, int granules) {
        tags.setFree(start, granules);
        free.add(start, granules);
    }

    private SegregatedFitWalk walk() {
        SegregatedFitWalk walk = new SegregatedFitWalk(tags, taken, END);
        walk.tile(END);
        free.validate(walk.free());
        return walk;
    }

    private void expect(String equation) {
        IllegalStateException e = assertThrows(IllegalStateException.class, this::walk);
        assertTrue(String.valueOf(e.getMessage()).contains(equation), e.getMessage());
    }

    @Test
    void shouldNoticeALostStart() {
        tags.clearNumbered(30);
        expect("a block starts where another ends");
    }

    @Test
    void shouldNoticeAFreeBlockHandedOut() {
        taken.setLive(10, 20);
        expect("no tag lies within a block");
    }

    @Test
    void shouldNoticeALiveBlockInAFreeOne() {
        taken.setLive(21, 2);
        expect("no tag lies within a block");
    }

    @Test
    void shouldCountAHeldBlock() {
        tags.setHeld(30, sizes.indexOf(30));
        assertEquals(1, walk().heldCount());
    }

    @Test
    void shouldNoticeALiveBlockOfAnotherSize() {
        taken.setLive(0, 9);
        expect("a block starts where another ends");
    }

    @Test
    void shouldNoticeABlockThatPassesTheTop() {
        tags.setLiveUnnumbered(70, END);
        expect("blocks tile the region below the top");
    }

    @Test
    void shouldNoticeATagAboveTheTop() {
        assertTrue(tags.reach(END + 8));
        taken.setLive(END, 9);
        expect("no tag lies within a block or above the top");
    }

    @Test
    void shouldNoticeNeighboursNotJoined() {
        addFree(30, 30);
        expect("no two free blocks adjoin");
    }

    @Test
    void shouldNoticeAFreeBlockWhoseEndIsLost() {
        tags.clearNumbered(29);
        expect("a free block is as long before its end as from its start");
    }

    @Test
    void shouldNoticeAFreeBlockThatIsNotListed() {
        assertEquals(10, free.take(20));
        expect("each free block has an entry");
    }
}
