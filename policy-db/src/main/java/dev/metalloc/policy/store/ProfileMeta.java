// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

/**
 * What is kept of a profile beside its bytes, to find it by.
 *
 * @param recordedEpochMillis start of the run
 * @param host the machine's name
 * @param javaVersion of the profiled JVM
 */
public record ProfileMeta(
        long recordedEpochMillis, String host, String javaVersion, long allocateCount, long freeCount) {}
