// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

/**
 * Frees by one thread of blocks of one slab that belongs to another, handed over together.
 *
 * <p>Confined to the thread whose heap holds it. {@link #count} may be read by any thread.
 */
/* Implementation notes
 *
 * A thread that frees right behind the one that allocates would, block by block, take the cache lines away that the owner
 * writes for the next block. So only the first free of a slab is checked and handed over at once; those that
 * follow are kept here, touching nothing of the owner's, and checked and handed over MOST_BLOCKS at a time.
 *
 * What this costs: a second free of a block is refused at once where this thread did the first, else when the run is handed
 * over; a block handed out again in between looks live, as it would to any free that comes late.
 *
 * Invariants: count == bits in pending;  bits outside firstWord..lastWord are 0
 */
final class RemoteFreeRun {

    static final int MOST_BLOCKS = 64;

    private Slab slab = Slab.NONE;
    private long[] pending = new long[0];
    private int firstWord = Integer.MAX_VALUE;
    private int lastWord = -1;
    private int count;

    /** Frees a block of a slab that is not the thread's own; false where it is refused. */
    boolean free(Slab other, int index) {
        return other == slab ? add(index) : begin(other, index);
    }

    private boolean add(int index) {
        int word = index >>> 6;
        long bit = 1L << index;
        long bits = pending[word];
        if ((bits & bit) != 0) {
            return false;
        }
        pending[word] = bits | bit;
        firstWord = Math.min(firstWord, word);
        lastWord = Math.max(lastWord, word);
        count++;
        return true;
    }

    private boolean begin(Slab other, int index) {
        if (other.freeRemotely(index >>> 6, 1L << index) != 0) {
            return false;
        }
        other.announce(1);
        slab = other;
        if (pending.length < other.words()) {
            pending = new long[other.words()];
        }
        return true;
    }

    /** Whether the next free must be preceded by a {@link #handOver}. */
    boolean mustHandOverBefore(Slab other) {
        return count != 0 && (other != slab || count == MOST_BLOCKS);
    }

    /** Checks what is pending and tells the owner; returns how many were refused. */
    int handOver() {
        int refused = 0;
        for (int word = firstWord; word <= lastWord; word++) {
            long bits = pending[word];
            if (bits != 0) {
                pending[word] = 0;
                refused += slab.freeRemotely(word, bits);
            }
        }
        slab.announce(count - refused);
        firstWord = Integer.MAX_VALUE;
        lastWord = -1;
        count = 0;
        return refused;
    }

    /** Makes the next free of any slab the first of a run. */
    void forget() {
        slab = Slab.NONE;
    }

    /** Blocks freed and not handed over. */
    int count() {
        return count;
    }

    /** Bytes of those blocks. */
    long byteSize() {
        return (long) count * slab.blockBytes();
    }
}
