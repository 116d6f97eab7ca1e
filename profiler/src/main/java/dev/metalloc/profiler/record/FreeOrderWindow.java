// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Tells in which order one thread frees the blocks of one entry point; used by that thread alone.
 *
 * <p>Every block has the number of its allocation. The last {@value #WINDOW} numbers have a bit that says whether the
 * block is still live, so that "the newest live block" and "the next older one" are exact within the window. Beyond it, and
 * for blocks of other threads, a small distance between two freed numbers is taken for neighbourhood.
 */
final class FreeOrderWindow {
    static final int WINDOW = 1024;
    private static final int WORD_MASK = WINDOW / 64 - 1;
    /** Live sets larger than the window meet a distance this small by chance in under one free of a hundred. */
    private static final int NEIGHBOUR_DISTANCE = 4;
    /** Producers that one consumer can follow at once. */
    private static final int REMOTE_OWNERS = 8;

    static final int HELD_LONGS = WINDOW / 64 + 2 * REMOTE_OWNERS + 10;

    private final long[] liveBits = new long[WINDOW / 64];
    private final long[] remoteOwners = new long[REMOTE_OWNERS];
    private final long[] remoteSequences = new long[REMOTE_OWNERS];
    private long newest;
    private long lastFreed;

    /** Answers the number of a new block; the first is 1. */
    long allocated() {
        long sequence = ++newest;
        liveBits[word(sequence)] |= 1L << sequence;
        return sequence;
    }

    /** Answers the column of {@link BandRow} that counts this free of a block of the same thread. */
    int freed(long sequence) {
        int column = order(sequence);
        forget(sequence);
        lastFreed = sequence;
        return column;
    }

    /** The same for a block that another thread allocated. */
    int freedRemotely(long owner, long sequence) {
        int slot = (int) owner & (REMOTE_OWNERS - 1);
        boolean followed = remoteOwners[slot] == owner && remoteSequences[slot] != 0;
        int column = followed ? neighbourOrder(sequence - remoteSequences[slot]) : BandRow.UNORDERED_FREE_COUNT;
        remoteOwners[slot] = owner;
        remoteSequences[slot] = sequence;
        return column;
    }

    /** Whether all blocks after this one are known to be gone. */
    boolean isNewest(long sequence) {
        return isInWindow(sequence) && noneLiveBetween(sequence, newest + 1);
    }

    void forget(long sequence) {
        if (isInWindow(sequence)) {
            liveBits[word(sequence)] &= ~(1L << sequence);
        }
    }

    private int order(long sequence) {
        if (!isInWindow(sequence)) {
            return neighbourOrder(sequence - lastFreed);
        }
        if (noneLiveBetween(sequence, newest + 1)) {
            return BandRow.LIFO_FREE_COUNT;
        }
        if (sequence > lastFreed) {
            return isInWindow(lastFreed + 1) && noneLiveBetween(lastFreed, sequence)
                    ? BandRow.FIFO_FREE_COUNT
                    : BandRow.RANDOM_FREE_COUNT;
        }
        return noneLiveBetween(sequence, lastFreed) ? BandRow.LIFO_FREE_COUNT : BandRow.RANDOM_FREE_COUNT;
    }

    private static int neighbourOrder(long distance) {
        if (Math.abs(distance) > NEIGHBOUR_DISTANCE) {
            return BandRow.RANDOM_FREE_COUNT;
        }
        return distance > 0 ? BandRow.FIFO_FREE_COUNT : BandRow.LIFO_FREE_COUNT;
    }

    private boolean isInWindow(long sequence) {
        return sequence > newest - WINDOW;
    }

    /** Both ends excluded, both within the window. Ends at the first live block. */
    private boolean noneLiveBetween(long from, long to) {
        long sequence = from + 1;
        while (sequence < to) {
            long inWord = Math.min(64 - (sequence & 63), to - sequence);
            long mask = (inWord == 64 ? -1L : (1L << inWord) - 1) << sequence;
            if ((liveBits[word(sequence)] & mask) != 0) {
                return false;
            }
            sequence += inWord;
        }
        return true;
    }

    private static int word(long sequence) {
        return (int) (sequence >>> 6) & WORD_MASK;
    }
}
