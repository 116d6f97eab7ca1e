// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

/**
 * Counts calls that a rule did not serve because of their size; the JDK serves them.
 *
 * <p>Any thread, without synchronisation: a lane for each of some threads, a cache line apart. Two threads of one lane may lose a
 * count, which a share of many thousands does not show.
 */
final class MissedCalls {

    private static final int LANES = 64;
    private static final int LANE_LONGS = 8;

    private final long[] counts = new long[LANES * LANE_LONGS];

    void add() {
        int lane = (int) Thread.currentThread().threadId() & (LANES - 1);
        counts[lane * LANE_LONGS]++;
    }

    long count() {
        long sum = 0;
        for (int lane = 0; lane < LANES; lane++) {
            sum += counts[lane * LANE_LONGS];
        }
        return sum;
    }
}
