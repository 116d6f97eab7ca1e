// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Tells whether a thread closes its arenas in the order in which it opened them; used by that thread alone.
 *
 * <p>Every arena has the number of its opening. The last {@value #WINDOW} numbers have a bit that says whether the arena is
 * still open.
 */
final class OpenOrder {
    static final int WINDOW = 1024;
    private static final int WORD_MASK = WINDOW / 64 - 1;

    static final int HELD_LONGS = WINDOW / 64 + 6;

    private final long[] openBits = new long[WINDOW / 64];
    private long newest;

    /** Answers the number of a new arena; the first is 1. */
    long opened() {
        long sequence = ++newest;
        openBits[word(sequence)] |= 1L << sequence;
        return sequence;
    }

    /** Answers whether all arenas opened after this one are known to be closed. */
    boolean closed(long sequence) {
        if (sequence <= newest - WINDOW) {
            return false;
        }
        boolean inOrder = noneOpenAfter(sequence);
        openBits[word(sequence)] &= ~(1L << sequence);
        return inOrder;
    }

    /** Ends at the first open arena. */
    private boolean noneOpenAfter(long opened) {
        long sequence = opened + 1;
        while (sequence <= newest) {
            long inWord = Math.min(64 - (sequence & 63), newest + 1 - sequence);
            long mask = (inWord == 64 ? -1L : (1L << inWord) - 1) << sequence;
            if ((openBits[word(sequence)] & mask) != 0) {
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
