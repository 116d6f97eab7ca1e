// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * Says of most addresses, at the price of one load, that they are not in the {@link LiveBlockTable}; any thread may ask.
 *
 * <p>A counting Bloom filter with one hash (Fan and others 2000): each cell counts the blocks whose addresses fall to it. A cell
 * that has reached its highest value keeps it for good. Whoever frees a block has got its address from whoever allocated it, so
 * it sees the count without a lock.
 */
final class AddressFilter {
    private static final int LOG2 = 15;
    private static final int FULL = 0xFF;

    private final byte[] cells = new byte[1 << LOG2];
    private final boolean isOpen;
    /** Held for each change of a cell. */
    private final RecorderSpinLock changing = new RecorderSpinLock();

    private AddressFilter(boolean isOpen) {
        this.isOpen = isOpen;
    }

    static AddressFilter empty() {
        AddressFilter empty = new AddressFilter(false);
        empty.cells[cell(0)] = (byte) FULL; // null is no block, and a hot path need not look for it
        return empty;
    }

    /** One that never rules an address out, for a table that all blocks go to. */
    static AddressFilter open() {
        AddressFilter open = new AddressFilter(true);
        Arrays.fill(open.cells, (byte) FULL);
        return open;
    }

    /** Whether it rules nothing out. */
    boolean isOpen() {
        return isOpen;
    }

    /** For a hot path, which only reads them: not 0 where {@link #mayHold}. */
    byte[] cells() {
        return cells;
    }

    boolean mayHold(long address) {
        return cells[cell(address)] != 0;
    }

    /** Before the block is in the table. */
    void add(long address) {
        if (!isOpen) {
            change(cell(address), 1);
        }
    }

    /** After the block was taken out of the table. */
    void remove(long address) {
        if (!isOpen) {
            change(cell(address), -1);
        }
    }

    @ReservedStack
    private void change(int cell, int by) {
        changing.acquire();
        try {
            int count = cells[cell] & FULL;
            if (count != FULL) {
                cells[cell] = (byte) (count + by);
            }
        } finally {
            changing.release();
        }
    }

    long heldBytes() {
        return cells.length;
    }

    static int cell(long address) {
        return (int) (LiveBlockTable.hash(address) >>> (64 - LOG2));
    }
}
