// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.ArrayBytes;
import java.util.Arrays;

/**
 * The blocks of a slab that were taken once and put back, a bit for each, the lowest taken first.
 *
 * <p>Owner only. What is put back in any order is so handed out in the order of addresses, which a processor fetches ahead of its use.
 */
/* Implementation notes
 *
 * Invariant: no bit is set in a word below first
 */
final class SlabFreeBlocks {

    private final long[] words;
    private int first;

    SlabFreeBlocks(int blockCount) {
        words = new long[(blockCount + 63) >>> 6];
    }

    /** Takes the lowest block; there must be one. */
    int take() {
        long[] all = words;
        int word = first;
        while (all[word] == 0) {
            word++;
        }
        first = word;
        long bits = all[word];
        all[word] = bits & (bits - 1);
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    /** Takes the lowest blocks, of which there must be so many, into places from the highest to the lowest, as addresses. */
    void take(long[] places, int highest, int count, long address, int blockBytes) {
        long[] all = words;
        int word = first;
        int place = highest;
        int end = highest - count;
        while (place > end) {
            long bits = all[word];
            long start = address + ((long) word << 6) * blockBytes;
            for (; bits != 0 && place > end; place--) {
                places[place] = start + (long) Long.numberOfTrailingZeros(bits) * blockBytes;
                bits &= bits - 1;
            }
            all[word] = bits;
            word += bits == 0 ? 1 : 0;
        }
        first = Math.min(word, all.length - 1);
    }

    void put(int index) {
        int word = index >>> 6;
        words[word] |= 1L << index;
        first = Math.min(first, word);
    }

    void clear() {
        Arrays.fill(words, 0);
        first = 0;
    }

    boolean has(int index) {
        return (words[index >>> 6] & 1L << index) != 0;
    }

    /** Of its array. */
    long heldBytes() {
        return ArrayBytes.of(words);
    }

    /** Longs of a bit for each block. */
    int wordCount() {
        return words.length;
    }

    /** The blocks put back and not taken. */
    int count() {
        int count = 0;
        for (int word = 0; word < words.length; word++) {
            count += Long.bitCount(words[word]);
            if (words[word] != 0 && word < first) {
                throw new IllegalStateException("free blocks: broken: none below the first");
            }
        }
        return count;
    }
}
