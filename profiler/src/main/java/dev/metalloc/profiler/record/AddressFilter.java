// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * Says of most addresses, at the price of one load, that they are not in the {@link LiveBlockTable}; any thread may ask.
 *
 * <p>A counting Bloom filter with one hash (Fan and others 2000), each cell of which has the blocks whose addresses fall to it. A cell with a
 * single block knows a byte of its address's hash besides. One that has reached the highest number keeps it for good. Whoever frees a block has got its
 * address from whoever allocated it, so it sees the cell without a lock.
 */
/* Implementation notes
 *
 * What a hot path reads is one byte a cell: nothing, a single block's byte, or that there are several. How many, and the exclusive or of their
 * bytes, which is that of the one that stays, stands elsewhere.
 */
final class AddressFilter {
    private static final int LOG2 = 15;
    private static final int FULL = 0xFF;
    private static final byte SEVERAL = (byte) 0xFF;
    private static final int MARKS = 254;

    private final byte[] cells = new byte[1 << LOG2];
    private final boolean isOpen;
    private final byte[] counts;
    private final byte[] marks;
    /** Held for each change of a cell. */
    private final RecorderSpinLock changing = new RecorderSpinLock();

    private AddressFilter(boolean isOpen) {
        this.isOpen = isOpen;
        this.counts = new byte[isOpen ? 0 : cells.length];
        this.marks = new byte[counts.length];
    }

    static AddressFilter empty() {
        AddressFilter empty = new AddressFilter(false);
        empty.counts[cell(0)] = (byte) FULL; // null is no block, and a hot path need not look for it
        empty.cells[cell(0)] = SEVERAL;
        return empty;
    }

    /** One that never rules an address out, for a table that all blocks go to. */
    static AddressFilter open() {
        AddressFilter open = new AddressFilter(true);
        Arrays.fill(open.cells, SEVERAL);
        return open;
    }

    /** Whether it rules nothing out. */
    boolean isOpen() {
        return isOpen;
    }

    /** For a hot path, which only reads them: not 0 where {@link #mayHold}, and seldom elsewhere. */
    byte[] cells() {
        return cells;
    }

    boolean mayHold(long address) {
        byte cell = cells[cell(address)];
        return cell != 0 && (cell == SEVERAL || cell == mark(address));
    }

    /** Before the block is in the table. */
    void add(long address) {
        if (!isOpen) {
            change(address, 1);
        }
    }

    /** After the block was taken out of the table. */
    void remove(long address) {
        if (!isOpen) {
            change(address, -1);
        }
    }

    @ReservedStack
    private void change(long address, int by) {
        int cell = cell(address);
        changing.acquire();
        try {
            int count = counts[cell] & FULL;
            if (count != FULL) {
                count += by;
                counts[cell] = (byte) count;
                marks[cell] ^= mark(address);
                cells[cell] = count > 1 ? SEVERAL : marks[cell];
            }
        } finally {
            changing.release();
        }
    }

    long heldBytes() {
        return (long) cells.length + counts.length + marks.length;
    }

    static int cell(long address) {
        return (int) (LiveBlockTable.hash(address) >>> (64 - LOG2));
    }

    /** Neither 0 nor {@link #SEVERAL}. */
    private static byte mark(long address) {
        int byteOfHash = (int) (LiveBlockTable.hash(address) >>> (64 - LOG2 - 8)) & 0xFF;
        return (byte) (1 + byteOfHash % MARKS);
    }
}
