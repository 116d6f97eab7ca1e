// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.ThreadSummary;
import java.util.List;
import java.util.Random;

/**
 * Which of a workload's threads runs, and for how long: each as often as it allocated.
 *
 * <p>Confined.
 */
final class Turns {

    // Of recorded programs half take turns of 170 events or fewer; those whose threads free each other's blocks, of
    // 130.
    private static final int EVENTS_OF_SHARING = 128;
    // Where they have little to do with each other, taking turns would only cost what it costs the loop that times
    // them.
    private static final int EVENTS = 1024;

    private final double[] shares;
    private final int eventsPerTurn;
    private int thread;
    private int events;

    /**
     * The busiest thread's turn.
     *
     * @param threads as they are numbered in the workload; where there is none, one is taken
     * @param isSharing whether they free each other's blocks
     */
    Turns(List<ThreadSummary> threads, boolean isSharing) {
        shares = shares(threads);
        eventsPerTurn = isSharing ? EVENTS_OF_SHARING : EVENTS;
        for (int each = 1; each < shares.length; each++) {
            thread = shares[each] > shares[thread] ? each : thread;
        }
    }

    private static double[] shares(List<ThreadSummary> threads) {
        double all = 0;
        for (ThreadSummary each : threads) {
            all += each.allocateCount();
        }
        double[] shares = new double[Math.max(1, threads.size())];
        for (int each = 0; each < threads.size(); each++) {
            shares[each] = threads.get(each).allocateCount() / Math.max(1, all);
        }
        if (all == 0) {
            shares[0] = 1; // which of them allocated is not known
        }
        return shares;
    }

    int threadCount() {
        return shares.length;
    }

    /** Without those that only free. */
    int allocatingThreadCount() {
        int count = 0;
        for (double share : shares) {
            count += share > 0 ? 1 : 0;
        }
        return count;
    }

    /** Of the allocations, by thread. */
    double[] shares() {
        return shares.clone();
    }

    /** The one that runs. */
    int thread() {
        return thread;
    }

    void countEvent() {
        events++;
    }

    /** Ends the turn, if it is over; answers whether it did. */
    boolean end(Random random) {
        if (events < eventsPerTurn) {
            return false;
        }
        events = 0;
        double ticket = random.nextDouble();
        for (int each = 0; each < shares.length; each++) {
            ticket -= shares[each];
            thread = shares[each] > 0 ? each : thread;
            if (ticket < 0) {
                return true;
            }
        }
        return true;
    }
}
