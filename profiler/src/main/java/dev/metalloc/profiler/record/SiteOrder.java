// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * Tells whether the blocks of one call site are freed in falling or rising order of age, each compared with the one freed before of the same
 * site and allocating thread; any thread.
 *
 * <p>The order in which a thread frees all its blocks of a band says nothing of one site's where others' frees lie in between.
 */
final class SiteOrder {
    /** Allocating threads told apart at once. */
    private static final int OWNERS = 8;

    /** What both arrays hold; {@link #NOBODY} is no thread's. */
    static final long HELD_BYTES = 2L * OWNERS * Long.BYTES;

    private static final long NOBODY = -1;

    private final RecorderSpinLock lock = new RecorderSpinLock();
    /** Guarded by lock, as is the one below. */
    private final long[] owners = new long[OWNERS];

    private final long[] births = new long[OWNERS];

    SiteOrder() {
        Arrays.fill(owners, NOBODY);
    }

    /**
     * The column of {@link BandRow} that a free counts in at the site.
     *
     * @param threadColumn what {@link FreeOrder} says of it: last in, first out is believed; where nobody chose when to free it, nothing is told
     */
    @ReservedStack
    int column(int threadColumn, long owner, long birthBytes) {
        if (threadColumn == BandRow.UNORDERED_FREE_WEIGHT) {
            return threadColumn;
        }
        int slot = (int) owner & (OWNERS - 1);
        lock.acquire();
        try {
            int column = owners[slot] == owner
                    ? FreeOrder.direction(birthBytes, births[slot])
                    : BandRow.UNORDERED_FREE_WEIGHT;
            owners[slot] = owner;
            births[slot] = birthBytes;
            return threadColumn == BandRow.LIFO_FREE_WEIGHT ? threadColumn : column;
        } finally {
            lock.release();
        }
    }
}
