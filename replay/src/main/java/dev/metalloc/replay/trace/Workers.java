// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.trace;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which worker does the events of which thread: each thread has its own, unless there are many.
 *
 * <p>Of many, threads that never live at the same time take the same worker, one after the other, as threads of a pool would have served them; where more
 * live at once than there are workers, the rest share by number. Immutable.
 */
/* Implementation notes
 *
 * A thread lives from its first run to its last. What it did not free is freed at the end, by its worker.
 */
final class Workers {

    // Each subject has as many for each copy of its code, all at the same time.
    static final int MOST = 64;

    private static final int NONE = -1;

    private final int[] workers;
    private final IntList idle = new IntList();
    private int count;

    /** @param runs of all threads, in order */
    Workers(List<TraceProgram.Run> runs, int threadCount) {
        workers = new int[threadCount];
        if (threadCount <= MOST) {
            count = threadCount;
            Arrays.setAll(workers, thread -> thread);
        } else {
            Arrays.fill(workers, NONE);
            assign(runs);
        }
    }

    private void assign(List<TraceProgram.Run> runs) {
        int[] lastRuns = new int[workers.length];
        for (int i = 0; i < runs.size(); i++) {
            lastRuns[runs.get(i).thread()] = i;
        }
        int[] living = new int[MOST];
        for (int i = 0; i < runs.size(); i++) {
            int thread = runs.get(i).thread();
            if (workers[thread] == NONE) {
                workers[thread] = next(thread);
                living[workers[thread]]++;
            }
            if (lastRuns[thread] == i && --living[workers[thread]] == 0) {
                idle.add(workers[thread]);
            }
        }
    }

    private int next(int thread) {
        if (idle.size() > 0) {
            return idle.removeLast();
        }
        return count < MOST ? count++ : thread % MOST;
    }

    int count() {
        return count;
    }

    int of(int thread) {
        return workers[thread];
    }

    /** The runs as the workers do them. */
    List<TraceProgram.Run> folded(List<TraceProgram.Run> runs) {
        List<TraceProgram.Run> folded = new ArrayList<>();
        for (TraceProgram.Run run : runs) {
            int last = folded.size() - 1;
            if (last >= 0 && folded.get(last).thread() == of(run.thread())) {
                folded.set(
                        last,
                        new TraceProgram.Run(of(run.thread()), folded.get(last).from(), run.to()));
            } else {
                folded.add(new TraceProgram.Run(of(run.thread()), run.from(), run.to()));
            }
        }
        return List.copyOf(folded);
    }
}
