// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLong;

/** One thread's arenas of one kind: how many are open, in what order they close, and what shape they had. */
final class ArenaCounts {
    static final int HELD_LONGS = 2 * EntryRow.ARENA_BUCKETS + OpenOrder.HELD_LONGS + 8;

    final OpenOrder order = new OpenOrder();
    final long[] allocationsPerArena = new long[EntryRow.ARENA_BUCKETS];
    final long[] bytesPerArena = new long[EntryRow.ARENA_BUCKETS];
    /** Arenas of this thread that others closed. The only field that other threads write. */
    private final AtomicLong remotelyClosedCount = new AtomicLong();

    private long openedCount;
    private long locallyClosedCount;

    /** Answers the arena's number in its thread. */
    long opened() {
        openedCount++;
        return order.opened();
    }

    /** By the opening thread; answers whether a later arena is still open. */
    boolean closedLocally(long sequence) {
        locallyClosedCount++;
        return !order.closed(sequence);
    }

    void closedRemotely() {
        remotelyClosedCount.getAndIncrement();
    }

    long openCount() {
        return openedCount - locallyClosedCount - remotelyClosedCount.get();
    }

    void countShape(long allocations, long bytes) {
        allocationsPerArena[bucket(allocations)]++;
        bytesPerArena[bucket(bytes)]++;
    }

    void addTo(ArenaCounts total) {
        for (int i = 0; i < EntryRow.ARENA_BUCKETS; i++) {
            total.allocationsPerArena[i] += allocationsPerArena[i];
            total.bytesPerArena[i] += bytesPerArena[i];
        }
    }

    private static int bucket(long value) {
        return LogBuckets.index(value, EntryRow.ARENA_SUB_BITS, EntryRow.ARENA_BUCKETS);
    }
}
