// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Breaks each record in turn and expects the walk to say so. */
class BuddyCorruptionTest {

    private static final int TOP = 4;

    private final BlockStates states = new BlockStates(64, TOP);
    private final FreeOrders free = new FreeOrders(TOP + 1, 64);

    /** Of 16 units: a live block of 4, a free one of 4, a free one of 8. */
    @BeforeEach
    void lay() {
        states.setLive(0, 2);
        states.setFree(4, 2);
        free.add(4, 2);
        states.setFree(8, 3);
        free.add(8, 3);
        walk();
    }

    private void walk() {
        free.validate();
        new BuddyWalk(states, free, TOP).tile(16);
    }

    private void expect(String equation) {
        IllegalStateException e = assertThrows(IllegalStateException.class, this::walk);
        assertTrue(String.valueOf(e.getMessage()).contains(equation), e.getMessage());
    }

    @Test
    void shouldNoticeABlockOfTheWrongOrder() {
        states.setLive(0, 1);
        expect("a block starts where the last one ends");
    }

    @Test
    void shouldNoticeBuddiesNotJoined() {
        states.setFree(0, 2);
        free.add(0, 2);
        expect("no two buddies are free");
    }

    @Test
    void shouldNoticeAFreeBlockHandedOut() {
        states.setLive(4, 2);
        expect("no block is free and live");
    }

    @Test
    void shouldNoticeAMisplacedBlock() {
        states.setFree(4, 3);
        expect("a block lies at a multiple of its size");
    }

    @Test
    void shouldNoticeABlockThatPassesTheEnd() {
        BuddyWalk walk = new BuddyWalk(states, free, TOP);
        IllegalStateException e = assertThrows(IllegalStateException.class, () -> walk.tile(12));
        assertTrue(String.valueOf(e.getMessage()).contains("blocks end with the chunks"), e.getMessage());
    }
}
