// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;

/** One part of the {@link LiveBlockTable}; any thread. */
/* Implementation notes
 *
 * Open addressing with linear probing, at most half full. A removal moves the blocks after it back (Knuth 6.4, algorithm R),
 * so there are no tombstones and searches for what is not there stay short however long the program runs.
 *
 * Changes are made under the lock. mayHold looks without it: an insertion never hides another block from it, and removals
 * and growth, which move blocks, are bracketed by an odd version, in whose presence mayHold answers "maybe".
 */
final class LiveBlockShard {
    static final long EMPTY = 0;

    private static final int FIRST_LOG2 = 7;

    private final int maxCount;
    private final AddressFilter filter;
    private final RecorderSpinLock lock = new RecorderSpinLock();
    private final AtomicInteger version = new AtomicInteger();
    private Slots slots = new Slots(FIRST_LOG2);
    /** Guarded by the lock. */
    private int count;

    LiveBlockShard(int maxCount, AddressFilter filter) {
        this.maxCount = maxCount;
        this.filter = filter;
    }

    /** False only where the block is surely not here. */
    boolean mayHold(long address) {
        int before = version.getAcquire();
        Slots seen = slots;
        boolean found = seen.keys[seen.find(address)] == address;
        VarHandle.acquireFence();
        return found || (before & 1) != 0 || version.getPlain() != before;
    }

    @ReservedStack
    boolean insert(long address, long byteSize, long birthBytes, long birthNanos, long meta, long orderMark) {
        lock.acquire();
        try {
            int at = slots.find(address);
            if (slots.keys[at] == EMPTY) {
                if (count == maxCount) {
                    return false;
                }
                if (2 * (count + 1) > slots.keys.length) {
                    grow();
                    at = slots.find(address);
                }
                count++;
                filter.add(address);
            }
            long[] values = slots.values;
            int value = at * LiveBlockTable.VALUES;
            values[value + LiveBlockTable.SIZE] = byteSize;
            values[value + LiveBlockTable.BIRTH_BYTES] = birthBytes;
            values[value + LiveBlockTable.BIRTH_NANOS] = birthNanos;
            values[value + LiveBlockTable.META] = meta;
            values[value + LiveBlockTable.ORDER_MARK] = orderMark;
            slots.keys[at] = address;
            return true;
        } finally {
            lock.release();
        }
    }

    @ReservedStack
    boolean remove(long address, long[] into) {
        lock.acquire();
        try {
            int at = slots.find(address);
            if (slots.keys[at] == EMPTY) {
                return false;
            }
            copy(slots.values, at * LiveBlockTable.VALUES, into, 0);
            beginMoves();
            slots.close(at);
            endMoves();
            count--;
            filter.remove(address);
            return true;
        } finally {
            lock.release();
        }
    }

    long heldBytes() {
        return (long) slots.keys.length * (1 + LiveBlockTable.VALUES) * Long.BYTES;
    }

    /** Of so few values, faster than the JDK's way. */
    @SuppressWarnings("ManualArrayCopy")
    private static void copy(long[] from, int fromIndex, long[] to, int toIndex) {
        for (int i = 0; i < LiveBlockTable.VALUES; i++) {
            to[toIndex + i] = from[fromIndex + i];
        }
    }

    private void grow() {
        Slots larger = slots.twice();
        beginMoves();
        slots = larger;
        endMoves();
    }

    private void beginMoves() {
        version.setOpaque(version.getPlain() + 1);
        VarHandle.releaseFence();
    }

    private void endMoves() {
        version.setRelease(version.getPlain() + 1);
    }

    /** The arrays of one capacity. */
    private static final class Slots {
        final long[] keys;
        final long[] values;
        private final int log2;

        Slots(int log2) {
            this.log2 = log2;
            keys = new long[1 << log2];
            values = new long[LiveBlockTable.VALUES << log2];
        }

        /** The slot of the address, or the empty one where it would go; there is always one. */
        int find(long address) {
            int at = home(address);
            long key = keys[at];
            while (key != address && key != EMPTY) {
                at = (at + 1) & (keys.length - 1);
                key = keys[at];
            }
            return at;
        }

        /** Empties a slot and moves back what its probes would no longer find. */
        void close(int slot) {
            int mask = keys.length - 1;
            int hole = slot;
            for (int at = (hole + 1) & mask; keys[at] != EMPTY; at = (at + 1) & mask) {
                int distance = (at - home(keys[at])) & mask;
                if (distance >= ((at - hole) & mask)) {
                    move(at, this, hole);
                    hole = at;
                }
            }
            keys[hole] = EMPTY;
        }

        Slots twice() {
            Slots larger = new Slots(log2 + 1);
            for (int at = 0; at < keys.length; at++) {
                if (keys[at] != EMPTY) {
                    move(at, larger, larger.find(keys[at]));
                }
            }
            return larger;
        }

        private void move(int from, Slots target, int to) {
            copy(values, from * LiveBlockTable.VALUES, target.values, to * LiveBlockTable.VALUES);
            target.keys[to] = keys[from];
        }

        private int home(long address) {
            return (int) (LiveBlockTable.hashInShard(address) >>> (64 - log2));
        }
    }
}
