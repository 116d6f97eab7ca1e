// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/**
 * What is kept of a profile beside its bytes, to find it by.
 *
 * @param recordedEpochMillis start of the run
 * @param durationNanos of the run
 * @param host the machine's name
 * @param javaVersion of the profiled JVM
 * @param weight how much it counts when profiles are merged; 1 unless somebody said otherwise
 */
public record ProfileMeta(
        long recordedEpochMillis,
        long durationNanos,
        String host,
        String javaVersion,
        ProfileLabels labels,
        double weight,
        long allocateCount,
        long freeCount) {

    public ProfileMeta {
        if (!(weight > 0 && weight <= 1e6)) {
            throw new IllegalArgumentException("weight: " + weight + " (expected: more than 0, at most 1000000)");
        }
    }
}
