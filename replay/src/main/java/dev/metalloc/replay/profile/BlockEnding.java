// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

/**
 * When a generated block is to end, on the clock of the thread that allocated it.
 *
 * @param fromBytes the clock when it was allocated
 * @param atBytes the clock when it is due
 * @param block its number
 */
record BlockEnding(long fromBytes, long atBytes, int block, int thread, long byteSize) {}
