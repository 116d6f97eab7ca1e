// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.profiler.api.ThreadTurns;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Which of a workload's threads runs, and for how long: as the profile says, or, where it does not, for turns of a usual length.
 *
 * <p>Confined.
 */
/* Implementation notes
 *
 * After each turn another thread runs: that which is most behind with its number of turns. Lengths are drawn from an exponential distribution around what
 * the thread is behind with its events, so that each gets its share of them however few its turns are.
 */
final class Turns {

    // Of recorded programs half take turns of 170 events or fewer; those whose threads free each other's blocks, of
    // 130.
    private static final int EVENTS_OF_SHARING = 128;
    // Where they have little to do with each other, taking turns would only cost what it costs the loop that times
    // them.
    private static final int EVENTS = 1024;
    // A thread that takes fewer turns takes them all of one length.
    private static final int FEW_TURNS = 8;
    private static final double LONGEST_IN_MEANS = 3;
    // Else threads would follow each other in a fixed order.
    private static final double WHIM = 0.2;

    private final double[] shares;
    private final double[] turnCounts;
    private final double[] meanEvents;
    private final double[] behindTurns;
    private final double[] behindEvents;
    private final double allTurns;
    private int thread;
    private long events;
    private double turnEvents;

    /**
     * The turn of the thread that has most.
     *
     * @param threads as they are numbered in the workload; where there is none, one is taken
     * @param part of the events that the workload has
     * @param isSharing whether they free each other's blocks
     */
    Turns(List<ThreadSummary> threads, double part, boolean isSharing) {
        shares = shares(threads);
        turnCounts = new double[shares.length];
        meanEvents = new double[shares.length];
        behindTurns = new double[shares.length];
        behindEvents = new double[shares.length];
        double all = Math.max(1, threads.stream().mapToDouble(Turns::events).sum());
        double usual = isSharing ? EVENTS_OF_SHARING : EVENTS;
        for (int each = 0; each < threads.size(); each++) {
            double own = events(threads.get(each));
            double count = turnCount(threads.get(each), usual / Math.max(1 / all, 1 - own / all));
            turnCounts[each] = Math.max(part * count, Math.min(FEW_TURNS, count));
            meanEvents[each] = part * own / Math.max(1, turnCounts[each]);
            thread = isSooner(each, thread) ? each : thread;
        }
        allTurns = Math.max(1, Arrays.stream(turnCounts).sum());
        turnEvents = meanEvents[thread];
    }

    /** Whether it begins, of the two: the one that has more turns, since others run in between, else the one that allocates more. */
    private boolean isSooner(int each, int other) {
        return turnCounts[each] > turnCounts[other]
                || (turnCounts[each] == turnCounts[other] && shares[each] > shares[other]);
    }

    private static double events(ThreadSummary thread) {
        return (double) thread.allocateCount() + thread.freeCount();
    }

    /** Of the whole program. */
    private static double turnCount(ThreadSummary thread, double usualEvents) {
        ThreadTurns turns = thread.turns();
        double mean = turns.count() == 0 ? usualEvents : (double) turns.eventCount() / turns.count();
        return events(thread) / Math.max(1, mean);
    }

    private static double[] shares(List<ThreadSummary> threads) {
        double all = threads.stream().mapToDouble(ThreadSummary::allocateCount).sum();
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
        return (int) Arrays.stream(shares).filter(share -> share > 0).count();
    }

    /** Of the allocations, by thread. */
    double[] shares() {
        return shares.clone();
    }

    /** The one that runs. */
    int thread() {
        return thread;
    }

    /** Whether the one that runs allocates, besides what it frees. */
    boolean isAllocating() {
        return shares[thread] > 0;
    }

    void countEvents(int count) {
        events += count;
    }

    /** Whether another thread is to run; never where there is no other. */
    boolean isOver() {
        return shares.length > 1 && events >= turnEvents;
    }

    /** Another thread's turn. */
    void begin(Random random) {
        int next = thread == 0 ? 1 : 0;
        for (int each = 0; each < shares.length; each++) {
            behindTurns[each] += turnCounts[each] / allTurns;
            if (each != thread && behindTurns[each] + WHIM * random.nextDouble() > behindTurns[next]) {
                next = each;
            }
        }
        behindTurns[next]--;
        thread = next;
        events = 0;
        behindEvents[next] += meanEvents[next];
        double length =
                turnCounts[next] < FEW_TURNS ? 1 : Math.min(LONGEST_IN_MEANS, -Math.log1p(-random.nextDouble()));
        turnEvents = Math.max(1, length * behindEvents[next]);
        behindEvents[next] -= turnEvents;
    }
}
