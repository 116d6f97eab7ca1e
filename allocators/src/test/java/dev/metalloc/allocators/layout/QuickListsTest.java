// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class QuickListsTest {

    private final QuickLists lists = new QuickLists(new int[] {1, 10, 100}, true);

    @Test
    void shouldAnswerTheBlockPutInLast() {
        for (int block = 0; block < 50; block++) {
            lists.add(1, block);
        }
        for (int block = 49; block >= 0; block--) {
            assertEquals(block, lists.pop(1));
        }
        assertEquals(QuickLists.NONE, lists.pop(1));
        lists.validate();
    }

    @Test
    void shouldAddUpWhatIsHeld() {
        lists.add(2, 7);
        assertTrue(lists.push(1, 8));
        assertEquals(110, lists.heldUnits());
        assertEquals(2, lists.heldBlocks());
        assertEquals(7, lists.pop(2));
        assertEquals(10, lists.heldUnits());
    }

    @Test
    void shouldFindAnAlignedBlockNearTheTop() {
        for (int block : new int[] {8, 16, 3, 5, 7}) {
            lists.add(0, block);
        }
        assertEquals(16, lists.popAligned(0, 8));
        assertEquals(QuickLists.NONE, lists.popAligned(0, 16), "16 is taken");
        assertEquals(8, lists.popAligned(0, 8));
        lists.validate();
        int left = lists.pop(0) + lists.pop(0) + lists.pop(0);
        assertEquals(3 + 5 + 7, left, "the others stay");
        assertEquals(QuickLists.NONE, lists.popAligned(0, 1));
    }

    @Test
    void shouldNotLookForAnAlignedBlockFarBelowTheTop() {
        for (int block : new int[] {8, 1, 3, 5, 7}) {
            lists.add(0, block);
        }
        assertEquals(QuickLists.NONE, lists.popAligned(0, 8));
        assertEquals(5, lists.heldBlocks());
    }

    @Test
    void shouldHoldNothingWhereClosed() {
        QuickLists closed = new QuickLists(new int[] {1, 10}, false);
        assertFalse(closed.push(0, 1));
        assertFalse(closed.push(1, 1));
        assertEquals(QuickLists.NONE, closed.pop(1));
        closed.validate();
    }
}
