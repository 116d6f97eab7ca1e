// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

/**
 * Counters of something that serves blocks, all since the start, read at one moment.
 *
 * @param allocateCount blocks (of frames: arenas) handed out
 * @param missedCount requests that the rule's sizes did not cover
 * @param freeCount blocks taken back
 * @param remoteFreeCount of these, those freed by another thread, or -1 where nobody knows
 * @param committedBytes memory held
 */
record Observation(long allocateCount, long missedCount, long freeCount, long remoteFreeCount, long committedBytes) {

    static final Observation NOTHING = new Observation(0, 0, 0, 0, 0);
}
