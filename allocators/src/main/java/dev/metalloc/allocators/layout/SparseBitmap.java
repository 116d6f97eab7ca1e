// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import java.util.Arrays;

/**
 * A bitmap over a large range of indexes whose leaves exist only where bits were set.
 *
 * <p>Confined. Finding the next set bit looks at one word where it is near, and at one word for 4096 bits
 * where it is far.
 */
/* Implementation notes
 *
 *   index = | leaf | word in leaf (10 bits) | bit (6 bits) |
 *
 * Invariants: summary[leaf] bit w set == words[leaf][w] != 0
 *             leaves bit l set        == summary[l] has a bit set
 * Leaves never written share one array of zeros, so that reading needs no test for null.
 */
public final class SparseBitmap {

    private static final int LEAF_SHIFT = 16;
    private static final int LEAF_WORDS = 1 << (LEAF_SHIFT - 6);
    private static final int WORD_MASK = LEAF_WORDS - 1;
    private static final int SUMMARY_WORDS = LEAF_WORDS >>> 6;
    private static final long[] NO_WORDS = new long[LEAF_WORDS];
    private static final long[] NO_SUMMARY = new long[SUMMARY_WORDS];

    private final long[][] words;
    private final long[][] summary;
    private final long[] leaves;

    /**
     * Creates it empty.
     *
     * @param size number of indexes, from 0 to this - 1
     */
    public SparseBitmap(long size) {
        if (size < 0 || size > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("size: " + size + " (expected: 0 to " + Integer.MAX_VALUE + ")");
        }
        // One leaf more than needed, so that asking one past the end finds an empty leaf.
        int leafCount = (int) (size >>> LEAF_SHIFT) + 1;
        words = new long[leafCount][];
        summary = new long[leafCount][];
        leaves = new long[(leafCount + 63) >>> 6];
        Arrays.fill(words, NO_WORDS);
        Arrays.fill(summary, NO_SUMMARY);
    }

    /** Of its arrays. */
    @SuppressWarnings("ReferenceEquality") // the shared array of zeros is known by its identity
    public long heldBytes() {
        long bytes = ArrayBytes.of(words) + ArrayBytes.of(summary) + ArrayBytes.of(leaves);
        for (int leaf = 0; leaf < words.length; leaf++) {
            bytes += words[leaf] == NO_WORDS ? 0 : ArrayBytes.of(words[leaf]) + ArrayBytes.of(summary[leaf]);
        }
        return bytes;
    }

    public boolean get(int index) {
        return (words[index >>> LEAF_SHIFT][index >>> 6 & WORD_MASK] & 1L << index) != 0;
    }

    @SuppressWarnings("ReferenceEquality") // the shared array of zeros is known by its identity
    public void set(int index) {
        long[] leaf = words[index >>> LEAF_SHIFT];
        if (leaf == NO_WORDS) {
            leaf = addLeaf(index >>> LEAF_SHIFT);
        }
        int word = index >>> 6 & WORD_MASK;
        long bits = leaf[word];
        leaf[word] = bits | 1L << index;
        if (bits == 0) {
            noteFilled(index >>> 6);
        }
    }

    public void clear(int index) {
        int word = index >>> 6 & WORD_MASK;
        long[] leaf = words[index >>> LEAF_SHIFT];
        long bits = leaf[word] & ~(1L << index);
        if (leaf[word] == bits) {
            return;
        }
        leaf[word] = bits;
        if (bits == 0) {
            noteEmptied(index >>> 6);
        }
    }

    /** Sees to it that indexes from one up to another can be set without more memory. */
    @SuppressWarnings("ReferenceEquality") // the shared array of zeros is known by its identity
    public void makeRoom(int from, int end) {
        for (int leaf = from >>> LEAF_SHIFT; leaf <= (end - 1) >>> LEAF_SHIFT; leaf++) {
            if (words[leaf] == NO_WORDS) {
                addLeaf(leaf);
            }
        }
    }

    private long[] addLeaf(int leaf) {
        summary[leaf] = new long[SUMMARY_WORDS];
        words[leaf] = new long[LEAF_WORDS];
        return words[leaf];
    }

    private void noteFilled(int word) {
        int leaf = word >>> (LEAF_SHIFT - 6);
        summary[leaf][(word & WORD_MASK) >>> 6] |= 1L << word;
        leaves[leaf >>> 6] |= 1L << leaf;
    }

    private void noteEmptied(int word) {
        int leaf = word >>> (LEAF_SHIFT - 6);
        long[] leafSummary = summary[leaf];
        leafSummary[(word & WORD_MASK) >>> 6] &= ~(1L << word);
        for (long bits : leafSummary) {
            if (bits != 0) {
                return;
            }
        }
        leaves[leaf >>> 6] &= ~(1L << leaf);
    }

    /** The first set index not below {@code from}, or -1. */
    public int next(int from) {
        int word = from >>> 6;
        long bits = words[from >>> LEAF_SHIFT][word & WORD_MASK] & -1L << from;
        return bits != 0 ? (word << 6) + Long.numberOfTrailingZeros(bits) : nextAfterWord(word);
    }

    private int nextAfterWord(int word) {
        int leaf = word >>> (LEAF_SHIFT - 6);
        int inLeaf = nextWordInLeaf(leaf, (word & WORD_MASK) + 1);
        if (inLeaf < 0) {
            leaf = nextLeaf(leaf + 1);
            if (leaf < 0) {
                return -1;
            }
            inLeaf = nextWordInLeaf(leaf, 0);
        }
        int index = leaf << LEAF_SHIFT | inLeaf << 6;
        return index + Long.numberOfTrailingZeros(words[leaf][inLeaf]);
    }

    private int nextWordInLeaf(int leaf, int from) {
        long[] leafSummary = summary[leaf];
        for (int i = from >>> 6; i < SUMMARY_WORDS; i++) {
            long bits = i == from >>> 6 ? leafSummary[i] & -1L << from : leafSummary[i];
            if (bits != 0) {
                return (i << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return -1;
    }

    private int nextLeaf(int from) {
        for (int i = from >>> 6; i < leaves.length; i++) {
            long bits = i == from >>> 6 ? leaves[i] & -1L << from : leaves[i];
            if (bits != 0) {
                return (i << 6) + Long.numberOfTrailingZeros(bits);
            }
        }
        return -1;
    }

    /** The first index not below {@code from} that is not set; the one behind the last is never set. */
    public int nextClear(int from) {
        int word = from >>> 6;
        long clear = ~words[word >>> (LEAF_SHIFT - 6)][word & WORD_MASK] & -1L << from;
        while (clear == 0) {
            word++;
            clear = ~words[word >>> (LEAF_SHIFT - 6)][word & WORD_MASK];
        }
        return (word << 6) + Long.numberOfTrailingZeros(clear);
    }
}
