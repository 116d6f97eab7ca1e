// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.profiler.api.ThreadTurns;
import dev.metalloc.profiler.record.ThreadRow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TurnEstimateTest {
    private static final int EVENTS = 2_000_000;
    private static final double[] SHARES = {0.5, 0.3, 0.2};

    /** Turns of so many events on average, a look each so many events; the last row has the turns that there were. */
    private static List<long[]> looks(double turnEvents, double gap) {
        Random random = new Random(11);
        List<long[]> rows = new ArrayList<>();
        for (int i = 0; i <= SHARES.length; i++) {
            rows.add(new long[ThreadRow.SIZES]);
        }
        int thread = 0;
        int last = -1;
        for (int event = 0; event < EVENTS; event++) {
            if (random.nextDouble() * turnEvents < 1) {
                int next = drawn(random);
                rows.get(SHARES.length)[next] += next == thread ? 0 : 1;
                thread = next;
            }
            long[] row = rows.get(thread);
            row[ThreadRow.ALLOCATE_COUNT]++;
            if (random.nextDouble() * gap < 1) {
                row[ThreadRow.LOOK_COUNT]++;
                row[ThreadRow.TAKEOVER_COUNT] += last == thread ? 0 : 1;
                last = thread;
            }
        }
        return rows;
    }

    private static int drawn(Random random) {
        double ticket = random.nextDouble();
        int thread = -1;
        for (double left = ticket; left >= 0; left -= SHARES[thread]) {
            thread++;
        }
        return thread;
    }

    private static void assertTurns(double turnEvents, double gap, double tolerance) {
        List<long[]> rows = looks(turnEvents, gap);
        long[] expected = rows.removeLast();
        TurnEstimate estimate = new TurnEstimate(rows);
        ThreadTurns all = ThreadTurns.UNKNOWN;
        for (int thread = 0; thread < SHARES.length; thread++) {
            ThreadTurns turns = estimate.of(rows.get(thread));
            assertEquals(rows.get(thread)[ThreadRow.ALLOCATE_COUNT], turns.eventCount());
            assertEquals(1, (double) turns.count() / expected[thread], tolerance, "thread " + thread);
            all = all.plus(turns);
        }
        assertEquals(1, (double) all.count() / Arrays.stream(expected).sum(), tolerance / 2);
    }

    @Test
    void shouldCountTurnsWhereEachEventIsLookedAt() {
        assertTurns(7, 1, 0.001);
        assertTurns(3000, 1, 0.01);
    }

    @Test
    void shouldEstimateTurnsThatAreLongerThanLooksAreApart() {
        assertTurns(10_000, 100, 0.1);
        assertTurns(1000, 500, 0.2);
        assertTurns(500, 500, 0.2);
    }

    @Test
    void shouldClaimNothingWhereTurnsAreShorterThanLooksAreApartOrLooksAreFew() {
        List<long[]> shorter = looks(10, 500);
        assertEquals(ThreadTurns.UNKNOWN, new TurnEstimate(shorter).of(shorter.getFirst()));
        List<long[]> few = looks(EVENTS / 4.0, EVENTS / 10.0);
        assertEquals(ThreadTurns.UNKNOWN, new TurnEstimate(few).of(few.getFirst()));
    }

    @Test
    void shouldKnowNothingOfThreadsWithoutEvents() {
        long[] idle = new long[ThreadRow.SIZES];
        assertEquals(ThreadTurns.UNKNOWN, new TurnEstimate(List.of(idle)).of(idle));
    }
}
