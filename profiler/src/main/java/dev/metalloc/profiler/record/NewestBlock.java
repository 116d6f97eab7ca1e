// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * The block that a thread allocated last, where all blocks are followed: kept out of the {@link LiveBlockTable} until the thread allocates or
 * frees another, since most that live for so short a time never need to be in it.
 *
 * <p>Its thread puts it in and takes it out; any other thread may take it, once it frees the block and has not found it in the table.
 */
/* Implementation notes
 *
 * The values are written before the address, which is written with release. Another thread reads the address, the values, and the address
 * again by a compare-and-set: while it is the same the values were its own, since the one who frees a block is here before the
 * address can come again.
 *
 * The owner takes no compare-and-set. It puts a block into the table before it takes the address from here, so that who looks here and finds
 * nothing finds it there. Where another thread has freed the block in the middle of that, the owner takes it out of the table again; one
 * in the few nanoseconds after it has looked stays there, until the next of its address replaces it.
 */
final class NewestBlock {
    private static final long NOTHING = -1;

    private static final int ADDRESS = 0;
    private static final int VALUES = 1;

    private final AtomicLongArray cells = new AtomicLongArray(VALUES + LiveBlockTable.VALUES);

    NewestBlock() {
        cells.setPlain(ADDRESS, NOTHING);
    }

    /** Owner only, and only after the one before was {@link #clear}ed. The order mark is the number of live blocks, this one included. */
    void hold(long address, long byteSize, long birthBytes, long birthNanos, long meta, long liveCount) {
        cells.setPlain(VALUES + LiveBlockTable.SIZE, byteSize);
        cells.setPlain(VALUES + LiveBlockTable.BIRTH_BYTES, birthBytes);
        cells.setPlain(VALUES + LiveBlockTable.BIRTH_NANOS, birthNanos);
        cells.setPlain(VALUES + LiveBlockTable.META, meta);
        cells.setPlain(VALUES + LiveBlockTable.ORDER_MARK, liveCount);
        cells.setRelease(ADDRESS, address);
    }

    /** Owner only. */
    boolean isEmpty() {
        return cells.getPlain(ADDRESS) == NOTHING;
    }

    /** Owner only: whether this is the block; what is no address never is. */
    boolean is(long address) {
        return cells.getPlain(ADDRESS) == address && address != NOTHING;
    }

    long address() {
        return cells.getPlain(ADDRESS);
    }

    /** A column of {@link LiveBlockTable}. Owner only. */
    long value(int column) {
        return cells.getPlain(VALUES + column);
    }

    /** Owner only; false where another thread has taken the block meanwhile. */
    boolean clear() {
        boolean isHeld = cells.getAcquire(ADDRESS) != NOTHING;
        cells.setRelease(ADDRESS, NOTHING);
        return isHeld;
    }

    /** Takes the block away from its thread, and copies its values but for the order mark; any other thread. */
    boolean take(long address, long[] into) {
        if (cells.getAcquire(ADDRESS) != address || address == NOTHING) {
            return false;
        }
        for (int column = 0; column < LiveBlockTable.VALUES; column++) {
            into[column] = cells.getOpaque(VALUES + column);
        }
        into[LiveBlockTable.ORDER_MARK] = ChainMark.NONE;
        return cells.compareAndSet(ADDRESS, address, NOTHING);
    }
}
