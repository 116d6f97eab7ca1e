// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/**
 * For how long a thread goes on before another allocates or frees: runs of consecutive events.
 *
 * @param count how many there were, an estimate unless each event was looked at; 0 where it is not known
 * @param eventCount the allocations and frees that make them up, those of runs of which the count is not known left out
 */
public record ThreadTurns(long count, long eventCount) {

    public static final ThreadTurns UNKNOWN = new ThreadTurns(0, 0);

    public ThreadTurns plus(ThreadTurns other) {
        return new ThreadTurns(count + other.count, eventCount + other.eventCount);
    }
}
