// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.OffHeapAllocator;

/**
 * Purges an allocator that had memory to spare for a whole delay.
 *
 * <p>One thread, which looks a few times in each delay. What counts is the least that was free at any look: memory that a program
 * goes up and down in is never given back, however much of it is free in between. Source: the low-water mark of tcmalloc's
 * thread caches (Ghemawat and Menage, "TCMalloc: Thread-Caching Malloc").
 */
public final class FreeMemoryWatch {

    /** Less is not worth a system call. */
    private static final long LEAST_BYTES = 1L << 20;

    /** One part in 2^3 of committed memory may stay free. */
    private static final int SHARE_SHIFT = 3;

    private final OffHeapAllocator allocator;
    private final int looksPerDelay;
    private int looksLeft;
    private long leastFreeBytes = Long.MAX_VALUE;

    public FreeMemoryWatch(OffHeapAllocator allocator, int looksPerDelay) {
        this.allocator = allocator;
        this.looksPerDelay = looksPerDelay;
        this.looksLeft = looksPerDelay;
    }

    /** Gives back what is free now, if it is worth a system call; returns the bytes given back. */
    public long purgeNow() {
        return allocator.stats().freeBytes() > LEAST_BYTES ? allocator.purge() : 0;
    }

    /** Looks once; the last look of a delay may purge. Returns the bytes given back. */
    public long look() {
        AllocatorStats stats = allocator.stats();
        leastFreeBytes = Math.min(leastFreeBytes, stats.freeBytes());
        looksLeft--;
        if (looksLeft > 0) {
            return 0;
        }
        boolean isSpare = leastFreeBytes > Math.max(LEAST_BYTES, stats.committedBytes() >>> SHARE_SHIFT);
        looksLeft = looksPerDelay;
        leastFreeBytes = Long.MAX_VALUE;
        return isSpare ? allocator.purge() : 0;
    }
}
