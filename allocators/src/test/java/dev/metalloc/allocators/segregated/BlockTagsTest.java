// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BlockTagsTest {

    private static final int GRANULES = 1 << 30;

    private final BlockTags tags = new BlockTags(GRANULES);

    @BeforeEach
    void reach() {
        assertTrue(tags.reach(GRANULES));
    }

    @AfterEach
    void release() {
        tags.release();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 14, 15, 16, 17, 63, 64, 4095, 4096, 0xffffff, 0x1000000, 0x2aaaaaaa, GRANULES - 5})
    void shouldKnowAFreeBlockFromBothEnds(int granules) {
        tags.setFree(5, granules);
        assertEquals(granules, tags.freeFrom(5));
        assertEquals(granules, tags.freeBefore(5 + granules));
        for (int granule = 6; granule < Math.min(20, 4 + granules); granule++) {
            assertFalse(BlockTags.isLive(tags.tag(granule)), "a part of a size looks like a live block");
            assertEquals(0, tags.freeFrom(granule), "a part of a size looks like a free block");
        }
        tags.clearFree(5, granules);
        assertIsZero(5, granules);
    }

    private void assertIsZero(int start, int granules) {
        for (int i = 0; i < Math.min(20, granules); i++) {
            assertEquals(0, tags.tag(start + i));
            assertEquals(0, tags.tag(start + granules - 1 - i));
        }
    }

    @Test
    void shouldKeepEveryNumberApartFromFreeBlocks() {
        for (int number = 0; number < BlockTags.MOST_NUMBERS; number++) {
            tags.setLive(0, number);
            assertEquals(number, BlockTags.number(tags.tag(0)));
            assertTrue(BlockTags.isLive(tags.tag(0)));
            assertNotFree();
            tags.setHeld(0, number);
            assertEquals(number, BlockTags.number(tags.tag(0)));
            assertFalse(BlockTags.isLive(tags.tag(0)));
            assertNotFree();
        }
    }

    private void assertNotFree() {
        assertTrue(BlockTags.isStart(tags.tag(0)));
        assertEquals(0, tags.freeFrom(0));
        assertEquals(0, tags.freeBefore(1));
    }

    @ParameterizedTest
    @ValueSource(ints = {16, 4097, 0x3fffffff})
    void shouldKnowALiveBlockWithoutNumber(int granules) {
        tags.setLiveUnnumbered(3, granules);
        assertTrue(BlockTags.isLive(tags.tag(3)));
        assertEquals(-1, BlockTags.number(tags.tag(3)));
        assertEquals(granules, tags.unnumberedGranules(3));
        for (int granule = 4; granule < 11; granule++) {
            assertFalse(BlockTags.isLive(tags.tag(granule)));
        }
        tags.clearUnnumbered(3);
        assertIsZero(3, granules);
    }
}
