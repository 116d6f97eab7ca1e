// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.ArrayBytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The blocks of one slab that other threads freed and the owner has not collected.
 *
 * <p>Many threads mark and announce; one, the owner, takes and settles.
 */
/* Implementation notes
 *
 * A thread first marks bits and then announces how many it marked; who takes the count from 0 or less above 0 puts the
 * slab on its heap's list. The owner takes the slab off the list, takes bits and subtracts as many as it found. While the
 * count stays above 0 nobody else will list the slab, so the owner goes on. The count may go below 0: the owner took a bit
 * whose thread has not announced yet. Each of these read-modify-writes is a full fence and pairs with the others on the
 * same word.
 *
 * count == 0 and no bit marked  ==>  no thread is between its mark and its announcement.
 */
final class RemoteFrees {

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    /** Longs of a cache line: neither count nor bits share one with the owner's records in memory beside them. */
    private static final int LINE = 8;

    private static final int COUNT = LINE;
    private static final int FIRST = 2 * LINE;

    private final long[] words;

    /** Whether a bit may be marked; the owner's fast path reads this alone. */
    private volatile boolean mayHaveMarks;

    /** @param wordCount longs for a bit each block */
    RemoteFrees(int wordCount) {
        words = new long[FIRST + wordCount + LINE];
    }

    /** Of its array. */
    long heldBytes() {
        return ArrayBytes.of(words);
    }

    boolean mayHaveMarks() {
        return mayHaveMarks;
    }

    /** To be called by the owner before it takes: a mark made later sets it again. */
    void beginTaking() {
        mayHaveMarks = false;
    }

    int countVolatile() {
        return (int) (long) WORD.getVolatile(words, COUNT);
    }

    long wordOpaque(int word) {
        return (long) WORD.getOpaque(words, FIRST + word);
    }

    boolean isMarked(int block) {
        return (wordOpaque(block >>> 6) & 1L << block) != 0;
    }

    /** Marks bits of a word; returns those that were not marked before. */
    long mark(int word, long bits) {
        long before = (long) WORD.getAndBitwiseOr(words, FIRST + word, bits);
        if (!mayHaveMarks) {
            mayHaveMarks = true;
        }
        return bits & ~before;
    }

    /** Counts bits marked before; true where the caller must list the slab. */
    boolean announce(int count) {
        long before = (long) WORD.getAndAdd(words, COUNT, (long) count);
        return before <= 0 && before + count > 0;
    }

    /** Takes the marked bits of a word. */
    long take(int word) {
        return wordOpaque(word) == 0 ? 0 : (long) WORD.getAndSet(words, FIRST + word, 0L);
    }

    /** Subtracts the bits taken; true where announced ones are left. */
    boolean settle(int taken) {
        return (long) WORD.getAndAdd(words, COUNT, (long) -taken) > taken;
    }
}
