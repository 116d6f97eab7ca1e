// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

/**
 * When a generated block is to end, on the clock of the thread that allocated it.
 *
 * @param fromBytes the clock when it was allocated
 * @param atBytes the clock when it is due
 * @param block its number
 * @param rank which of those of a burst that are due at the same time ends first: the lowest; 0 where that is not known
 * @param isDrawn whether its lifetime was drawn from a histogram, not seen
 * @param grows whether it is then reallocated, where that was seen
 */
record BlockEnding(
        long fromBytes, long atBytes, int block, int thread, long byteSize, int rank, boolean isDrawn, boolean grows) {}
