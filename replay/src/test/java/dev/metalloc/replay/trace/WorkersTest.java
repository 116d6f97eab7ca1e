// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.replay.trace.TraceProgram.Run;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WorkersTest {

    private final List<Run> runs = new ArrayList<>();

    private void run(int thread) {
        runs.add(new Run(thread, runs.size(), runs.size() + 1));
    }

    @Test
    void shouldLetFewThreadsBe() {
        run(1);
        run(0);
        run(1);
        Workers workers = new Workers(runs, 2);
        assertEquals(2, workers.count());
        assertEquals(runs, workers.folded(runs));
    }

    @Test
    void shouldLetThreadsThatNeverMeetShareAWorker() {
        run(0);
        for (int thread = 1; thread < 1000; thread++) {
            run(thread);
            run(thread);
        }
        run(0);
        Workers workers = new Workers(runs, 1000);
        assertEquals(2, workers.count());
        assertEquals(List.of(new Run(0, 0, 1), new Run(1, 1, 1999), new Run(0, 1999, 2000)), workers.folded(runs));
    }

    @Test
    void shouldKeepThreadsApartThatLiveTogetherAsFarAsThereAreWorkers() {
        for (int thread = 0; thread < 2 * Workers.MOST; thread++) {
            run(thread % Workers.MOST);
        }
        for (int thread = Workers.MOST; thread < 1000; thread++) {
            run(thread);
        }
        Workers workers = new Workers(runs, 1000);
        assertTrue(workers.count() <= Workers.MOST);
        for (int thread = 1; thread < Workers.MOST; thread++) {
            assertNotEquals(workers.of(thread - 1), workers.of(thread));
        }
    }

    @Test
    void shouldShareByNumberWhatLivesBeyondThat() {
        for (int pass = 0; pass < 2; pass++) {
            for (int thread = 0; thread < 1000; thread++) {
                run(thread);
            }
        }
        Workers workers = new Workers(runs, 1000);
        assertEquals(Workers.MOST, workers.count());
        assertEquals(999 % Workers.MOST, workers.of(999));
        assertEquals(runs.size(), workers.folded(runs).size());
    }
}
