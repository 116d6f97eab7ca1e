// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/**
 * Threads that allocated or freed off-heap memory.
 *
 * @param platformCount platform threads seen, carriers included
 * @param endedCount of these, ended before the profile was written
 * @param maxAliveCount most alive at once
 */
public record ThreadCounts(long platformCount, long endedCount, long maxAliveCount) {}
