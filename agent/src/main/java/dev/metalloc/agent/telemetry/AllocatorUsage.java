// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.telemetry;

import dev.metalloc.allocators.api.AllocatorStats;

/** Counts and bytes of what serves one entry point, as management tools show them; of frames the counts are those of arenas. */
public final class AllocatorUsage {

    private final String entryPoint;
    private final String site;
    private final String allocator;
    private final boolean serving;
    private final long allocateCount;
    private final long freeCount;
    private final long usedBytes;
    private final long retainedBytes;
    private final long committedBytes;
    private final long peakCommittedBytes;
    private final long missedCount;

    public AllocatorUsage(
            String entryPoint, String site, String allocator, boolean serving, AllocatorStats stats, long missedCount) {
        this.entryPoint = entryPoint;
        this.site = site;
        this.allocator = allocator;
        this.serving = serving;
        this.allocateCount = stats.allocateCount();
        this.freeCount = stats.freeCount();
        this.usedBytes = stats.usedBytes();
        this.retainedBytes = stats.freeBytes();
        this.committedBytes = stats.committedBytes();
        this.peakCommittedBytes = stats.peakCommittedBytes();
        this.missedCount = missedCount;
    }

    public String getEntryPoint() {
        return entryPoint;
    }

    /** The calling method that it serves alone, or an empty text. */
    public String getSite() {
        return site;
    }

    public String getAllocator() {
        return allocator;
    }

    /** Whether new blocks come from it; false after an internal error, or where the application departs from its profile. */
    public boolean isServing() {
        return serving;
    }

    public long getAllocateCount() {
        return allocateCount;
    }

    public long getFreeCount() {
        return freeCount;
    }

    /** Usable bytes of live blocks. */
    public long getUsedBytes() {
        return usedBytes;
    }

    /** Committed bytes of no live block. */
    public long getRetainedBytes() {
        return retainedBytes;
    }

    public long getCommittedBytes() {
        return committedBytes;
    }

    public long getPeakCommittedBytes() {
        return peakCommittedBytes;
    }

    /** Requests that the JDK serves because their size is none of the rules', or a frame has no room for them. */
    public long getMissedCount() {
        return missedCount;
    }
}
