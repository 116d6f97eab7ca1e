// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.ThreadSummary;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static ThreadSummary thread(long allocateCount, long freeCount) {
        return new ThreadSummary("thread", allocateCount, 100 * allocateCount, freeCount, 0);
    }

    @Test
    void shouldLetEachThreadRunAsOftenAsItAllocated() {
        Turns turns = new Turns(List.of(thread(0, 100), thread(100, 0), thread(300, 0)), true);
        assertEquals(2, turns.thread());
        assertEquals(3, turns.threadCount());
        assertEquals(2, turns.allocatingThreadCount());
        assertArrayEquals(new double[] {0, 0.25, 0.75}, turns.shares());

        Random random = new Random(1);
        int[] seen = new int[3];
        for (int turn = 0; turn < 1000; turn++) {
            assertFalse(turns.end(random));
            for (int event = 0; event < 128; event++) {
                turns.countEvent();
            }
            assertTrue(turns.end(random));
            seen[turns.thread()]++;
        }
        assertEquals(0, seen[0]);
        assertEquals(250, seen[1], 50);
    }

    @Test
    void shouldTakeOneThreadWhereNoneIsKnownToAllocate() {
        assertArrayEquals(new double[] {1}, new Turns(List.of(), false).shares());
        assertArrayEquals(new double[] {1, 0}, new Turns(List.of(thread(0, 5), thread(0, 5)), true).shares());
    }
}
