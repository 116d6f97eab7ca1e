// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/**
 * What the C library's heaps held, beside what was live in them.
 *
 * @param heldBytes the most that they held when they were looked at: what is live, what was freed and not given back, what
 *     the JVM has there itself
 * @param peakLiveBytes the most that was requested and live at once in the run, of blocks that may lie there: larger ones always have
 *     mappings of their own
 */
public record HeapUse(long heldBytes, long peakLiveBytes) {

    /** The largest block that may lie in a heap, {@code DEFAULT_MMAP_THRESHOLD_MAX} of glibc's malloc.c on 64 bits. */
    public static final long MAX_BLOCK_BYTES = 32L << 20;

    /** Held though it was never live at once with the rest. */
    public long excessBytes() {
        return Math.max(0, heldBytes - peakLiveBytes);
    }
}
