// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import java.util.List;

/**
 * Which run, or how many merged runs, a profile speaks of.
 *
 * @param app application identity: explicit name, else main jar's Maven coordinates, else main class
 * @param javaVersion {@code java.runtime.version} of the profiled JVM
 * @param mode how it was recorded
 * @param startEpochMillis start of the first run
 * @param durationNanos run time, summed over merged runs
 * @param runCount merged runs, 1 for a single one
 * @param complete false where the run ended without an orderly exit, or was still going on
 * @param lacks what the profile lacks and why, one sentence each; empty where it lacks nothing
 */
public record RunInfo(
        String app,
        String javaVersion,
        ProfileMode mode,
        long startEpochMillis,
        long durationNanos,
        int runCount,
        boolean complete,
        List<String> lacks) {

    public RunInfo {
        lacks = List.copyOf(lacks);
    }
}
