// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/** Where the run stood at one moment: requested bytes live, and bytes and blocks allocated since the start. */
public record TimePoint(long elapsedMillis, long liveBytes, long allocatedBytes, long allocatedCount) {}
