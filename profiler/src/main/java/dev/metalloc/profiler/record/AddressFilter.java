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
 * What a hot path reads is one bit a cell, which is little enough to stay in a core's cache beside what the application works with. Where that is
 * set the cell tells more: how many blocks it has, and the exclusive or of a byte of the hash of each, which for a single one is its own.
 */
final class AddressFilter {
    private static final int LOG2 = 15;
    private static final int WORD_LOG2 = 6;
    private static final int BYTE = 0xFF;
    /** A cell that has had so many at once keeps them for good. */
    private static final int FULL = BYTE;

    private final long[] occupied = new long[(1 << LOG2) >>> WORD_LOG2];
    /** The number of blocks above the byte of their hashes; empty where the filter is open. */
    private final short[] cells;

    private final boolean isOpen;
    /** Held for each change of a cell. */
    private final RecorderSpinLock changing = new RecorderSpinLock();

    private AddressFilter(boolean isOpen) {
        this.isOpen = isOpen;
        this.cells = new short[isOpen ? 0 : 1 << LOG2];
    }

    static AddressFilter empty() {
        AddressFilter empty = new AddressFilter(false);
        empty.set(cell(0), FULL, 0); // null is no block, and a hot path need not look for it
        return empty;
    }

    /** One that never rules an address out, for a table that all blocks go to. */
    static AddressFilter open() {
        AddressFilter open = new AddressFilter(true);
        Arrays.fill(open.occupied, -1);
        return open;
    }

    /** For a hot path, which only reads them: {@link #bit}. */
    long[] occupied() {
        return occupied;
    }

    /** 1 where {@link #mayHold}, and seldom elsewhere, else 0. */
    static long bit(long[] occupied, long address) {
        int cell = cell(address);
        return (occupied[cell >>> WORD_LOG2] >>> cell) & 1;
    }

    boolean mayHold(long address) {
        if (isOpen) {
            return true;
        }
        short cell = cells[cell(address)];
        int count = count(cell);
        return count > 1 || (count == 1 && (cell & BYTE) == hashByte(address));
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
            short value = cells[cell];
            if (count(value) != FULL) {
                set(cell, count(value) + by, (value ^ hashByte(address)) & BYTE);
            }
        } finally {
            changing.release();
        }
    }

    private void set(int cell, int count, int hashBytes) {
        long bit = 1L << cell;
        int word = cell >>> WORD_LOG2;
        cells[cell] = (short) (count << Byte.SIZE | hashBytes);
        occupied[word] = count == 0 ? occupied[word] & ~bit : occupied[word] | bit;
    }

    private static int count(short cell) {
        return (cell >>> Byte.SIZE) & BYTE;
    }

    long heldBytes() {
        return (long) Long.BYTES * occupied.length + (long) Short.BYTES * cells.length;
    }

    static int cell(long address) {
        return (int) (LiveBlockTable.hash(address) >>> (64 - LOG2));
    }

    private static int hashByte(long address) {
        return (int) (LiveBlockTable.hash(address) >>> (64 - LOG2 - Byte.SIZE)) & BYTE;
    }
}
