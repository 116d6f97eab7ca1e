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
 * A stretch begins every so many blocks, at first where the last one ends; where not all blocks are followed, with the next one that is. When there are
 * enough stretches every second one goes, and they begin half as often from then on: they are spread evenly over however much there is. A block is known by
 * its birth on the thread's clock of bytes, which tells for most frees at once that the block is of none: it was born after the newest stretch.
 */
final class Bursts {
    static final int LENGTH = 128;
    static final int MOST = 32;

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

    private static final int RANK_BITS = 8;
    private static final int RANK_MASK = (1 << RANK_BITS) - 1;

    static final long LIVE = -1;

    private final BurstRoom room;
    private final long[] @Nullable [] rows = new long[MOST][];
    private int count;
    private long stride = LENGTH;
    private long nextBlock;
    private boolean isUnderWay;
    private long newestBirthBytes = -1;

    Bursts(BurstRoom room) {
        this.room = room;
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
     */
    void allocated(long blockNumber, long byteSize, long birthBytes, boolean isGrown) {
        if (wants(blockNumber)) {
            add(blockNumber, byteSize, birthBytes, isGrown);
        }
    }

    @OutOfLine
    private void add(long blockNumber, long byteSize, long birthBytes, boolean isGrown) {
        long[] row = row(blockNumber);
        if (row == null) {
            return;
        }
        int at = (int) row[COUNT];
        row[SIZES + at] = (byteSize << 1) | (isGrown ? 1 : 0);
        row[BIRTHS + at] = birthBytes;
        row[LIFETIMES + at] = LIVE;
        row[COUNT]++;
        newestBirthBytes = birthBytes;
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
        if (count == MOST || !room.take()) {
            thin();
            if (!room.take()) {
                nextBlock = blockNumber + stride;
                return null;
            }
        }
        try {
            long[] made = new long[ROW];
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
        for (int i = 0; i < count; i++) {
            rows[i] = i < kept ? rows[2 * i] : null;
        }
        room.give(count - kept);
        count = kept;
    }

    /** Gives its room back once the thread has ended; whoever has the stretches by then keeps them. */
    void release() {
        room.give(count);
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
            long[] row = rows[i];
            if (row != null && row[BIRTHS] <= birthBytes) {
                int at = indexOf(row, birthBytes);
                if (at >= 0) {
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
        return (long) count * ROW * Long.BYTES + MOST * Long.BYTES;
    }
}
