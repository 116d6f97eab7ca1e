// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/** One thread's share of the events; a carrier's includes those of the virtual threads it carried. */
public record ThreadSummary(
        String name, long allocateCount, long allocateBytes, long freeCount, long remoteFreeCount) {}
