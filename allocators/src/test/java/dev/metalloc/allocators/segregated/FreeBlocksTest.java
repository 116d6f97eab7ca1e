// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FreeBlocksTest {

    private static final int GRANULES = 1 << 20;

    private final BlockTags tags = new BlockTags(GRANULES);
    private final FreeBlocks free = new FreeBlocks(tags);

    @BeforeEach
    void reach() {
        assertTrue(tags.reach(GRANULES));
    }

    @AfterEach
    void release() {
        tags.release();
    }

    private void add(int start, int granules) {
        tags.setFree(start, granules);
        free.add(start, granules);
    }

    private int take(int granules) {
        int start = free.take(granules);
        if (start != FreeBlocks.NONE) {
            tags.clearFree(start, tags.freeFrom(start));
        }
        return start;
    }

    @Test
    void shouldTakeTheLastOfTheFirstBinThatFits() {
        add(100, 8);
        add(200, 8);
        add(300, 5);
        assertEquals(300, take(4));
        assertEquals(200, take(6));
        assertEquals(100, take(8));
        assertEquals(FreeBlocks.NONE, take(1));
    }

    @Test
    void shouldPassOverBlocksThatAreGone() {
        add(100, 8);
        add(200, 8);
        add(300, 9);
        tags.clearFree(200, 8);
        assertEquals(100, take(8));
        tags.clearFree(300, 9);
        tags.setFree(300, 20);
        assertEquals(FreeBlocks.NONE, take(8), "its entry is of another size");
    }

    /** Blocks that come and go without being taken from here must not make the stack longer and longer. */
    @Test
    void shouldDropWhatIsGoneBeforeItGrows() {
        for (int i = 0; i < 10; i++) {
            add(1000 + i * 10, 3);
        }
        for (int i = 0; i < 100_000; i++) {
            add(i % 20 * 10, 3);
            tags.clearFree(i % 20 * 10, 3);
        }
        assertTrue(free.entries(Bins.of(3)) <= 64, "entries " + free.entries(Bins.of(3)));
        for (int i = 9; i >= 0; i--) {
            assertEquals(1000 + i * 10, take(3));
        }
        assertEquals(FreeBlocks.NONE, take(3));
    }

    @Test
    void shouldDropEntriesThatAreThereTwice() {
        for (int i = 0; i < 100_000; i++) {
            add(500, 3);
        }
        assertTrue(free.entries(Bins.of(3)) <= 8, "entries " + free.entries(Bins.of(3)));
        assertEquals(500, take(3));
        assertEquals(FreeBlocks.NONE, take(3));
    }
}
