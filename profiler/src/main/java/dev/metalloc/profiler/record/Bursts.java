// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import org.jspecify.annotations.Nullable;

/**
 * Some stretches of what a thread allocates through one entry point, every block of a stretch in turn, with its size and its lifetime: what sums
 * and histograms lose, which is how one block follows from those before it.
 *
 * <p>That thread alone, but for {@link #ended}: of a block that another thread freed at the wrong moment the end may be missed. Source: bursty
 * tracing (Hirzel and Chilimbi, 2001).
 */
/* Implementation notes
 *
 * A stretch begins every so many blocks, at first where the last one ends; where not all blocks are followed, with the next one that is not merely counted. When there are
 * enough stretches every second one goes, and they begin half as often from then on: they are spread evenly over however much there is. Where not all blocks
 * are followed, a thread that begins when others have come to follow few does not begin anew with following many: its stretches are as far apart as theirs, and the first one
 * is anywhere, so that threads that are gone soon are seen in proportion to what they allocate. A block is known by
 * its birth on the thread's clock of bytes, which tells for most frees at once that the block is of none: it was born after the newest stretch.
 */
final class Bursts {
    static final int LENGTH = 128;
    /** Where all blocks are followed. */
    static final int MOST = 32;
    /** Elsewhere, where a block that lives for long in the table costs the frees of others. */
    static final int MOST_SAMPLED = 16;

    /** Blocks in a row. */
    static final int COUNT = 0;
    /** Of each block its size, and whether it took the place of one that was reallocated in the lowest bit. */
    static final int SIZES = 1;

    static final int BIRTHS = SIZES + LENGTH;
    /**
     * Of each block its lifetime in bytes, how many of the row had ended before it, and whether it ended by being reallocated; {@link #LIVE} until
     * it ends.
     */
    static final int LIFETIMES = BIRTHS + LENGTH;
    /** How many of the row have ended. */
    static final int ENDED = LIFETIMES + LENGTH;

    static final int ROW = ENDED + 1;

    /** Where not all blocks are followed, the addresses of those that are for their stretch's sake only; 0 for others. */
    private static final int ADDRESSES = ROW;

    private static final int RANK_BITS = 8;
    private static final int RANK_MASK = (1 << RANK_BITS) - 1;

    static final long LIVE = -1;

    private final BurstRoom room;
    private final int entryPoint;
    private final @Nullable LiveBlockTable table;
    /** Of a block that is taken out of the table: made beforehand, since the heap is the application's. */
    private final long[] removed = new long[LiveBlockTable.VALUES];

    private final long[] @Nullable [] rows;
    /** Of each stretch the births of its first and its newest block, side by side: most ends are of blocks of none. */
    private final long[] births;

    private int count;
    private long stride;
    private long nextBlock;
    private boolean isUnderWay;
    private long newestBirthBytes = -1;

    /**
     * @param seed differs from thread to thread
     * @param table has the blocks that are followed; null where all are, so that none is for a stretch's sake only
     */
    Bursts(BurstRoom room, int entryPoint, long seed, @Nullable LiveBlockTable table) {
        this.room = room;
        this.entryPoint = entryPoint;
        this.table = table;
        this.stride = table == null ? LENGTH : room.stride(entryPoint);
        this.nextBlock = stride == LENGTH ? 0 : Long.remainderUnsigned(ByteSampler.mix(seed), stride);
        this.rows = new long[table == null ? MOST : MOST_SAMPLED][];
        this.births = new long[2 * rows.length];
    }

    /** Whether the block of that number is of a stretch, or begins one; must then be told. */
    boolean wants(long blockNumber) {
        return blockNumber >= nextBlock;
    }

    /** Whether a stretch has begun and not ended. */
    boolean isUnderWay() {
        return isUnderWay;
    }

    /**
     * A block was allocated.
     *
     * @param blockNumber of the thread's blocks, of this entry point
     * @param ownAddress where it is followed for this stretch's sake only, else 0
     */
    void allocated(long blockNumber, long byteSize, long birthBytes, boolean isGrown, long ownAddress) {
        if (wants(blockNumber)) {
            add(blockNumber, byteSize, birthBytes, isGrown, ownAddress);
        }
    }

    @OutOfLine
    private void add(long blockNumber, long byteSize, long birthBytes, boolean isGrown, long ownAddress) {
        long[] row = row(blockNumber);
        if (row == null) {
            return;
        }
        int at = (int) row[COUNT];
        row[SIZES + at] = (byteSize << 1) | (isGrown ? 1 : 0);
        row[BIRTHS + at] = birthBytes;
        row[LIFETIMES + at] = LIVE;
        if (table != null) {
            row[ADDRESSES + at] = ownAddress;
        }
        row[COUNT]++;
        newestBirthBytes = birthBytes;
        births[2 * count - 2] = at == 0 ? birthBytes : births[2 * count - 2];
        births[2 * count - 1] = birthBytes;
        isUnderWay = at + 1 < LENGTH;
        if (!isUnderWay) {
            nextBlock = blockNumber + 1 + stride - LENGTH;
        }
    }

    /** The one that is not full; null where there is no room for it now, or the heap, which is the application's, has none. */
    private long @Nullable [] row(long blockNumber) {
        if (isUnderWay) {
            return rows[count - 1];
        }
        boolean isFull = count == rows.length;
        if (isFull || !room.take()) {
            thin();
            if (isFull) {
                room.widen(entryPoint, stride);
            }
            if (!room.take()) {
                nextBlock = blockNumber + stride;
                return null;
            }
        }
        try {
            long[] made = new long[table == null ? ROW : ADDRESSES + LENGTH];
            rows[count++] = made;
            return made;
        } catch (OutOfMemoryError e) {
            room.give(1);
            nextBlock = Long.MAX_VALUE;
            return null;
        }
    }

    private void thin() {
        int kept = (count + 1) / 2;
        stride *= 2;
        for (int i = 1; i < count; i += 2) {
            forget(rows[i]);
        }
        for (int i = 0; i < count; i++) {
            rows[i] = i < kept ? rows[2 * i] : null;
        }
        for (int i = 0; i < kept; i++) {
            births[2 * i] = births[4 * i];
            births[2 * i + 1] = births[4 * i + 1];
        }
        room.give(count - kept);
        count = kept;
    }

    /** Gives its room back once the thread has ended; whoever has the stretches by then keeps them. */
    void release() {
        for (int i = 0; i < count; i++) {
            forget(rows[i]);
        }
        room.give(count);
    }

    /** Takes the blocks of a stretch that are in the table for its sake only out of it: as long as they are there, frees nearby cost more. */
    private void forget(long @Nullable [] row) {
        if (table == null || row == null) {
            return;
        }
        for (int i = 0; i < row[COUNT]; i++) {
            if (row[ADDRESSES + i] != 0 && row[LIFETIMES + i] == LIVE) {
                forget(table, row[ADDRESSES + i], row[BIRTHS + i], removed);
            }
        }
    }

    private static void forget(LiveBlockTable table, long address, long birthBytes, long[] values) {
        if (table.remove(address, values)
                && (values[LiveBlockTable.BIRTH_BYTES] != birthBytes
                        || !ChainMark.isNotFollowed(values[LiveBlockTable.ORDER_MARK]))) {
            // Another block by now: a thread that frees one tells the table before the stretch.
            table.insert(
                    address,
                    values[LiveBlockTable.SIZE],
                    values[LiveBlockTable.BIRTH_BYTES],
                    values[LiveBlockTable.BIRTH_NANOS],
                    values[LiveBlockTable.META],
                    values[LiveBlockTable.ORDER_MARK]);
        }
    }

    /** A block has ended, on any thread. */
    void ended(long birthBytes, long lifetimeBytes, boolean grows) {
        if (birthBytes <= newestBirthBytes) {
            find(birthBytes, lifetimeBytes, grows);
        }
    }

    @OutOfLine
    private void find(long birthBytes, long lifetimeBytes, boolean grows) {
        for (int i = count - 1; i >= 0; i--) {
            if (births[2 * i] <= birthBytes) {
                long[] row = births[2 * i + 1] < birthBytes ? null : rows[i];
                int at = row == null ? -1 : indexOf(row, birthBytes);
                if (row != null && at >= 0) {
                    long rank = row[ENDED]++ & RANK_MASK;
                    row[LIFETIMES + at] = (lifetimeBytes << (RANK_BITS + 1)) | (rank << 1) | (grows ? 1 : 0);
                }
                return;
            }
        }
    }

    private static int indexOf(long[] row, long birthBytes) {
        int low = 0;
        int high = (int) row[COUNT] - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long birth = row[BIRTHS + middle];
            if (birth == birthBytes) {
                return middle;
            }
            if (birth < birthBytes) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** Of a row's word of lifetimes; {@link #LIVE} stays what it is. */
    static long lifetimeBytes(long lifetime) {
        return lifetime >> (RANK_BITS + 1);
    }

    static int rank(long lifetime) {
        return (int) (lifetime >>> 1) & RANK_MASK;
    }

    /** Adds the stretches themselves, not copies. */
    void addTo(CollectedBursts collected) {
        for (int i = 0; i < count; i++) {
            long[] row = rows[i];
            if (row != null) {
                collected.add(row);
            }
        }
    }

    long heldBytes() {
        return ((long) count * (ADDRESSES + LENGTH) + rows.length + births.length) * Long.BYTES;
    }
}
