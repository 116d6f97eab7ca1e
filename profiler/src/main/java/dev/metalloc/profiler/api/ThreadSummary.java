// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

import org.HdrHistogram.Histogram;

/**
 * One thread's share of the events; a carrier's includes those of the virtual threads it carried.
 *
 * @param sizes requested bytes of every allocation, four buckets to the power of two, each by its largest size
 * @param lifetimeBytes bytes that the allocating thread allocated during the lives of the blocks that this thread freed, one bucket to the
 *     power of two; an estimate unless all blocks were followed
 */
public record ThreadSummary(
        String name,
        long allocateCount,
        long allocateBytes,
        long freeCount,
        long remoteFreeCount,
        Histogram sizes,
        Histogram lifetimeBytes,
        ThreadTurns turns) {

    /** Threads are many, so their histograms are small. */
    public static final int HISTOGRAM_DIGITS = 1;

    /** One whose histograms and turns are not known. */
    public ThreadSummary(String name, long allocateCount, long allocateBytes, long freeCount, long remoteFreeCount) {
        this(
                name,
                allocateCount,
                allocateBytes,
                freeCount,
                remoteFreeCount,
                new Histogram(HISTOGRAM_DIGITS),
                new Histogram(HISTOGRAM_DIGITS),
                ThreadTurns.UNKNOWN);
    }

    public ThreadSummary with(ThreadTurns turns) {
        return new ThreadSummary(
                name, allocateCount, allocateBytes, freeCount, remoteFreeCount, sizes, lifetimeBytes, turns);
    }
}
