// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.Arrays;

/**
 * Tells in which order one thread frees the blocks of one entry point, from those that are followed; that thread alone.
 *
 * <p>Exact for last-in-first-out: a block is freed so when the number of live blocks is what it was when the block came, and
 * never was below in between. Every other free is told by whether it is of a younger or an older block than the one
 * before in its size band: all rising is first-in-first-out, half of each is random.
 */
/* Implementation notes
 *
 * Those followed blocks since whose birth the number of live blocks never fell below what it was then form a stack: their numbers
 * of live blocks rise. A free that leaves fewer than the topmost's takes it off. Only such a free has to come here, so the caller
 * watches that one number. A block that is freed out of order stays until the number of live blocks has fallen that far.
 *
 * Frees by other threads are not seen here: the number of live blocks then drifts, which does no harm, since it is only
 * compared over the life of a block.
 */
final class FreeOrder {
    /** Less than any number of live blocks, and as far from all of them as their differences need. */
    static final long NOTHING = Long.MIN_VALUE >> 1;

    private static final int FIRST_DEPTH = 16;
    /** Beyond this the older half is forgotten: those blocks' frees are then told by their direction. */
    private static final int MAX_DEPTH = 1 << 14;
    /** Producers that one consumer can follow at once. */
    private static final int REMOTE_OWNERS = 8;

    private final long[] remoteOwners = new long[REMOTE_OWNERS];
    private final long[] remoteBirths = new long[REMOTE_OWNERS];
    private long[] liveCounts = new long[FIRST_DEPTH];
    private long[] marks = new long[FIRST_DEPTH];
    private int depth;
    private long newest;

    /**
     * To be kept with a followed block that was just allocated.
     *
     * @param liveCount live blocks, this one included: to be watched from now on
     */
    long mark(long liveCount) {
        if (depth == marks.length) {
            makeRoom();
        }
        liveCounts[depth] = liveCount;
        newest = ChainMark.orderMark(newest + 1);
        marks[depth++] = newest;
        return newest;
    }

    /**
     * After {@link #column}, of any free where no more blocks are live than are watched.
     *
     * @param liveCount live blocks before the free
     * @return what to watch from now on
     */
    long freed(long liveCount) {
        while (depth > 0 && liveCounts[depth - 1] >= liveCount) {
            depth--;
        }
        return depth == 0 ? NOTHING : liveCounts[depth - 1];
    }

    /**
     * The column of {@link BandRow} that the free of a followed block counts in.
     *
     * @param liveCount live blocks before the free
     * @param lastBirthBytes when the block freed before, of the same size band, was born
     */
    int column(long mark, long liveCount, long birthBytes, long lastBirthBytes) {
        if (depth > 0 && marks[depth - 1] == ChainMark.orderMark(mark) && liveCounts[depth - 1] == liveCount) {
            return BandRow.LIFO_FREE_WEIGHT;
        }
        return direction(birthBytes, lastBirthBytes);
    }

    /** The same for a block that another thread allocated. */
    int remoteColumn(long owner, long birthBytes) {
        int slot = (int) owner & (REMOTE_OWNERS - 1);
        boolean followed = remoteOwners[slot] == owner;
        int column = followed ? direction(birthBytes, remoteBirths[slot]) : BandRow.UNORDERED_FREE_WEIGHT;
        remoteOwners[slot] = owner;
        remoteBirths[slot] = birthBytes;
        return column;
    }

    long heldBytes() {
        return (long) Long.BYTES * (2 * marks.length + 2 * REMOTE_OWNERS);
    }

    private void makeRoom() {
        if (depth < MAX_DEPTH) {
            liveCounts = Arrays.copyOf(liveCounts, 2 * depth);
            marks = Arrays.copyOf(marks, 2 * depth);
            return;
        }
        int kept = MAX_DEPTH / 2;
        System.arraycopy(liveCounts, depth - kept, liveCounts, 0, kept);
        System.arraycopy(marks, depth - kept, marks, 0, kept);
        depth = kept;
    }

    static int direction(long birthBytes, long lastBirthBytes) {
        return birthBytes > lastBirthBytes ? BandRow.RISING_FREE_WEIGHT : BandRow.FALLING_FREE_WEIGHT;
    }
}
