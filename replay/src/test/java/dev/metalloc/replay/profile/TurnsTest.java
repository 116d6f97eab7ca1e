// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.profiler.api.ThreadTurns;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static ThreadSummary thread(long allocateCount, long freeCount) {
        return new ThreadSummary("thread", allocateCount, 100 * allocateCount, freeCount, 0);
    }

    private static ThreadSummary thread(long allocateCount, long freeCount, long turnCount) {
        return thread(allocateCount, freeCount).with(new ThreadTurns(turnCount, allocateCount + freeCount));
    }

    /** Events and turns of each thread, in so many turns. */
    private static long[][] taken(Turns turns, int turnCount) {
        long[][] taken = new long[2][turns.threadCount()];
        Random random = new Random(1);
        for (int turn = 0; turn < turnCount; turn++) {
            int thread = turns.thread();
            taken[1][thread]++;
            for (; !turns.isOver(); taken[0][thread]++) {
                turns.countEvents(1);
            }
            turns.begin(random);
            assertNotEquals(thread, turns.thread());
        }
        return taken;
    }

    @Test
    void shouldLetEachThreadRunAsOftenAsItsEventsAreWhereTurnsAreNotKnown() {
        Turns turns = new Turns(List.of(thread(0, 100), thread(10_000, 0), thread(30_000, 0)), 1, true);
        assertEquals(2, turns.thread());
        assertEquals(3, turns.threadCount());
        assertEquals(2, turns.allocatingThreadCount());
        assertArrayEquals(new double[] {0, 0.25, 0.75}, turns.shares());

        long[][] taken = taken(turns, 2000);
        double all = Arrays.stream(taken[0]).sum();
        assertEquals(0.75, taken[0][2] / all, 0.05);
        assertEquals(0.25, taken[0][1] / all, 0.05);
        // Threads are drawn every 128 events, three times in four again the one that runs.
        assertEquals(4 * 128, (double) taken[0][2] / taken[1][2], 50);
    }

    @Test
    void shouldTakeTurnsOfTheProfilesLength() {
        Turns turns =
                new Turns(List.of(thread(9000, 9000, 300), thread(500, 500, 200), thread(500, 500, 100)), 1, true);
        long[][] taken = taken(turns, 600);
        assertEquals(60, (double) taken[0][0] / taken[1][0], 3);
        assertEquals(5, (double) taken[0][1] / taken[1][1], 0.5);
        assertEquals(10, (double) taken[0][2] / taken[1][2], 1);
        assertEquals(300.0, (double) taken[1][0], 10);
        assertEquals(200.0, (double) taken[1][1], 20);
    }

    @Test
    void shouldGiveEachOfFewTurnsItsShare() {
        Turns turns = new Turns(List.of(thread(3000, 3000, 2), thread(2000, 2000, 1)), 1, false);
        assertEquals(0, turns.thread());
        assertArrayEquals(new long[] {6000, 4000}, taken(turns, 3)[0]);
    }

    @Test
    void shouldTakeShorterTurnsWhereAPartIsGenerated() {
        Turns turns = new Turns(List.of(thread(3000, 3000, 6), thread(2000, 2000, 6)), 0.1, false);
        assertEquals(600.0, (double) taken(turns, 12)[0][0], 10);
    }

    @Test
    void shouldTakeOneThreadWhereNoneIsKnownToAllocate() {
        assertArrayEquals(new double[] {1}, new Turns(List.of(), 1, false).shares());
        Turns freeing = new Turns(List.of(thread(0, 5), thread(0, 5)), 1, true);
        assertArrayEquals(new double[] {1, 0}, freeing.shares());
        assertTrue(freeing.isAllocating());
        freeing.begin(new Random(1));
        assertFalse(freeing.isAllocating());
    }

    @Test
    void shouldHaveNoTurnsOfOneThread() {
        Turns turns = new Turns(List.of(thread(100, 100, 1)), 1, false);
        turns.countEvents(1000);
        assertFalse(turns.isOver());
    }
}
