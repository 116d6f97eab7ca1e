// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.layout.QuickLists;
import dev.metalloc.allocators.layout.SparseBitmap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breaks each record in turn and expects the walk to say so. */
class SegregatedFitCorruptionTest {

    private static final int END = 1000;

    private final SparseBitmap starts = new SparseBitmap(END + 1);
    private final SparseBitmap live = new SparseBitmap(END + 1);
    private final FreeBlocks free = new FreeBlocks();
    private final QuickLists quick = new QuickLists(256, 1 << 20);

    /** A live block of 10 granules, a free one of 20, a live one of 30, and a free rest. */
    @BeforeEach
    void lay() {
        for (int start : new int[] {0, 10, 30, 60, END}) {
            starts.set(start);
        }
        live.set(0);
        live.set(30);
        live.set(END);
        free.insert(10, 20);
        free.insert(60, END - 60);
        validate(40);
    }

    private void validate(long usedGranules) {
        free.validate();
        SegregatedFitWalk.validate(starts, live, free, quick, END, usedGranules);
    }

    private void expect(String equation) {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> validate(40));
        assertTrue(String.valueOf(e.getMessage()).contains(equation), e.getMessage());
    }

    @Test
    void shouldNoticeALostStart() {
        starts.clear(30);
        expect("a free block ends where the next starts");
    }

    @Test
    void shouldNoticeAFreeBlockHandedOut() {
        live.set(10);
        expect("no block is free and live");
    }

    @Test
    void shouldNoticeABlockThatIsNowhere() {
        free.remove(free.find(10));
        expect("held in quick lists");
    }

    @Test
    void shouldNoticeNeighboursNotJoined() {
        live.clear(30);
        free.insert(30, 30);
        expect("no two free blocks adjoin");
    }

    @Test
    void shouldNoticeALiveBlockWithoutStart() {
        live.set(5);
        expect("every live block starts");
    }

    @Test
    void shouldNoticeWrongCounts() {
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> validate(41));
        assertEquals("segregated: broken: granules of live blocks == used granules", e.getMessage());
    }
}
