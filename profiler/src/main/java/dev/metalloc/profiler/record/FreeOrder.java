// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Tells in which order one thread frees the blocks of one entry point, from those that are followed; that thread alone.
 *
 * <p>Exact for last-in-first-out: a block is freed so when the number of live blocks is what it was when the block came, and
 * never was below in between. Every other free is told by whether it is of a younger or an older block than the one
 * before in its size band: all rising is first-in-first-out, half of each is random.
 */
/* Implementation notes
 *
 * dips[n] is the number of the last free that left fewer than n blocks live. Numbers of live blocks share a place when they are
 * WINDOW apart, which can only take a LIFO free for another one. Frees by other threads are not seen here: the number of
 * live blocks then drifts, which does no harm, since it is only compared over the life of a block.
 */
final class FreeOrder {
    static final int WINDOW = 1024;
    /** Producers that one consumer can follow at once. */
    private static final int REMOTE_OWNERS = 8;

    static final int HELD_LONGS = WINDOW / 2 + 2 * REMOTE_OWNERS + 10;

    private final int[] dips = new int[WINDOW];
    private final long[] remoteOwners = new long[REMOTE_OWNERS];
    private final long[] remoteBirths = new long[REMOTE_OWNERS];
    private int liveCount;
    private int freeCount;

    void allocated() {
        liveCount++;
    }

    int liveCount() {
        return liveCount;
    }

    /** After any free of a block of this thread, followed or not. */
    void freed() {
        dips[liveCount & (WINDOW - 1)] = ++freeCount;
        liveCount--;
    }

    /** A block was exchanged for another one: nobody chose to free it now. */
    void replaced() {
        liveCount--;
    }

    /** To be kept with a block that was just allocated. */
    long mark() {
        return (long) liveCount << 32 | (freeCount & 0xFFFF_FFFFL);
    }

    /**
     * Before {@link #freed}: the column of {@link BandRow} that this free counts in.
     *
     * @param lastBirthBytes when the block freed before, of the same size band, was born
     */
    int column(long mark, long birthBytes, long lastBirthBytes) {
        int birthLiveCount = (int) (mark >> 32);
        if (liveCount == birthLiveCount && dips[liveCount & (WINDOW - 1)] - (int) mark <= 0) {
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

    private static int direction(long birthBytes, long lastBirthBytes) {
        return birthBytes > lastBirthBytes ? BandRow.RISING_FREE_WEIGHT : BandRow.FALLING_FREE_WEIGHT;
    }
}
