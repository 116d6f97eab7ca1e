// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RemoteFreesTest {

    private final RemoteFrees frees = new RemoteFrees(2);

    @Test
    void shouldMarkABlockOnce() {
        assertFalse(frees.mayHaveMarks());
        assertEquals(0b101, frees.mark(1, 0b101));
        assertEquals(0b010, frees.mark(1, 0b111));
        assertTrue(frees.mayHaveMarks());
        assertTrue(frees.isMarked(64));
        assertFalse(frees.isMarked(0));
        assertEquals(0b111, frees.take(1));
        assertEquals(0, frees.take(1));
    }

    @Test
    void shouldListOnceUntilItIsSettled() {
        frees.mark(0, 0b11);
        assertTrue(frees.announce(1));
        assertFalse(frees.announce(1));
        assertEquals(0b11, frees.take(0));
        assertFalse(frees.settle(2));
        frees.mark(0, 1);
        assertTrue(frees.announce(1));
    }

    @Test
    void shouldTellWhatWasAnnouncedWhileItWasTaken() {
        frees.mark(0, 0b1);
        assertTrue(frees.announce(1));
        frees.take(0);
        frees.mark(0, 0b10);
        assertFalse(frees.announce(1));
        assertTrue(frees.settle(1));
    }

    @Test
    void shouldWaitForThoseWhoMarkedAndDidNotAnnounce() {
        frees.mark(0, 0b111);
        assertTrue(frees.announce(1));
        assertEquals(0b111, frees.take(0));
        assertFalse(frees.settle(3));
        assertEquals(-2, frees.countVolatile());
        // Nothing is left to take, so nobody need be told.
        assertFalse(frees.announce(2));
        assertEquals(0, frees.countVolatile());
    }
}
