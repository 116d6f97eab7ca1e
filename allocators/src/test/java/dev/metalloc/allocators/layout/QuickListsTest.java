// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class QuickListsTest {

    private final QuickLists lists = new QuickLists(new int[] {1, 10, 100});

    @Test
    void shouldAnswerTheBlockPutInLast() {
        lists.limit(1000);
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
    void shouldRefuseWhatPassesTheBoundInAll() {
        lists.limit(110);
        assertTrue(lists.couldHold(2));
        lists.add(2, 7);
        assertTrue(lists.isRoom(1));
        lists.add(1, 8);
        assertFalse(lists.isRoom(0));
        lists.add(0, 9);
        assertEquals(QuickLists.NONE, lists.pop(0));
        assertEquals(110, lists.heldUnits());
        assertEquals(2, lists.heldBlocks());
        lists.limit(99);
        assertFalse(lists.couldHold(2));
    }

    @Test
    void shouldTakeVictimsInTurn() {
        lists.limit(1000);
        for (int i = 0; i < 3; i++) {
            lists.add(0, i);
            lists.add(2, i);
        }
        int first = lists.victim();
        int second = lists.victim();
        assertEquals(2, first + second, "the lists that hold some, each once");
        assertEquals(first, lists.victim());
    }

    @Test
    void shouldHoldNothingWithoutABound() {
        assertFalse(lists.push(0, 1));
        assertFalse(lists.couldHold(0));
    }
}
