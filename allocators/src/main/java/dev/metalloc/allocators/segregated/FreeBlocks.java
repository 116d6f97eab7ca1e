// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SparseBitmap;
import java.util.Arrays;

/**
 * Finds coalesced free blocks by size: a stack of starts for each bin.
 *
 * <p>Confined. What a block is, its tags say alone: an entry whose block was joined with another or taken some other way stays
 * until it comes to the top, where it is dropped.
 */
/* Implementation notes
 *
 * So joining blocks and growing in place touch no list, and there are no links. An entry is good where a free block of a size of its
 * bin starts there now; that it may be in a stack twice does no harm. A full stack is rid of its bad entries before it is made larger,
 * so stacks are at most four times as long as there are blocks for them, and each operation takes amortised constant time.
 *
 * A bit for each bin says whether its stack has an entry; a bit for each word of those says whether it is not zero: finding the
 * first bin that may fit is two bit scans.
 *
 * A block comes back while the Java heap may have no room for its entry: then it is forgotten, until what lies beside it comes back.
 *
 * Invariants: each free block has an entry in the stack of its size's bin, but for forgotten ones;
 *             bin bit set == stack not empty;  word bit set == word not zero
 */
final class FreeBlocks {

    static final int NONE = -1;

    private static final int FIRST_LENGTH = 8;

    private final BlockTags tags;
    private final int[][] stacks = new int[Bins.COUNT][];
    private final int[] counts = new int[Bins.COUNT];
    private final long[] filledBins = new long[(Bins.COUNT + 63) >>> 6];
    private int filledWords;
    /** How often a block was. */
    private int forgottenCount;

    FreeBlocks(BlockTags tags) {
        this.tags = tags;
        Arrays.fill(stacks, new int[0]);
    }

    /** Of its arrays. */
    long heldBytes() {
        long bytes = ArrayBytes.of(stacks) + ArrayBytes.of(counts) + ArrayBytes.of(filledBins);
        for (int[] stack : stacks) {
            bytes += ArrayBytes.of(stack);
        }
        return bytes;
    }

    /** Takes the entry of a free block of at least {@code wanted} granules, a rounded size; answers its start, or NONE. */
    int take(int wanted) {
        for (int bin = firstFilled(Bins.of(wanted)); bin != NONE; bin = firstFilled(bin)) {
            int start = pop(bin);
            if (isGood(start, bin)) {
                return start;
            }
        }
        return NONE;
    }

    /** The first bin from {@code bin} on whose stack has an entry, or NONE. */
    private int firstFilled(int bin) {
        int word = bin >>> 6;
        long bits = filledBins[word] & -1L << bin;
        if (bits == 0) {
            int words = filledWords & -2 << word;
            if (words == 0) {
                return NONE;
            }
            word = Integer.numberOfTrailingZeros(words);
            bits = filledBins[word];
        }
        return (word << 6) + Long.numberOfTrailingZeros(bits);
    }

    private int pop(int bin) {
        int below = counts[bin] - 1;
        counts[bin] = below;
        if (below == 0) {
            markEmpty(bin);
        }
        return stacks[bin][below];
    }

    private void markEmpty(int bin) {
        long bits = filledBins[bin >>> 6] & ~(1L << bin);
        filledBins[bin >>> 6] = bits;
        if (bits == 0) {
            filledWords &= ~(1 << (bin >>> 6));
        }
    }

    private boolean isGood(int start, int bin) {
        int granules = tags.freeFrom(start);
        return granules != 0 && Bins.of(granules) == bin;
    }

    /** Enters a free block, whose tags are set. */
    void add(int start, int granules) {
        int bin = Bins.of(granules);
        int count = counts[bin];
        int[] stack = stacks[bin];
        if (count >= stack.length) {
            addSlow(bin, start);
            return;
        }
        stack[count] = start;
        counts[bin] = count + 1;
        if (count == 0) {
            markFilled(bin);
        }
    }

    private void markFilled(int bin) {
        filledBins[bin >>> 6] |= 1L << bin;
        filledWords |= 1 << (bin >>> 6);
    }

    private void addSlow(int bin, int start) {
        int length = stacks[bin].length;
        int count = keepGood(bin);
        counts[bin] = count;
        if (count >= length - (length >>> 2) && !grow(bin) && count == length) {
            forgottenCount++;
            return;
        }
        stacks[bin][count] = start;
        counts[bin] = count + 1;
        markFilled(bin);
    }

    /** Makes a stack larger; false where the Java heap has no room for it. */
    private boolean grow(int bin) {
        int[] stack = stacks[bin];
        try {
            stacks[bin] = Arrays.copyOf(stack, Math.max(FIRST_LENGTH, stack.length * 2));
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /** Drops bad entries of a stack and all but one of those that are there twice; answers how many stay. */
    private int keepGood(int bin) {
        int[] stack = stacks[bin];
        int kept = 0;
        for (int i = 0; i < counts[bin]; i++) {
            int start = stack[i];
            if (isGood(start, bin)) {
                // Seen again it is good no more.
                tags.flipSeen(start);
                stack[kept++] = start;
            }
        }
        for (int i = 0; i < kept; i++) {
            tags.flipSeen(stack[i]);
        }
        return kept;
    }

    /** Entries of a bin, good or not. */
    int entries(int bin) {
        return counts[bin];
    }

    /** The start of the free block of an entry, or NONE where the entry is not good. */
    int entry(int bin, int at) {
        int start = stacks[bin][at];
        return isGood(start, bin) ? start : NONE;
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @param free a bit for each start of a free block
     * @throws IllegalStateException naming the first that does not hold
     */
    void validate(SparseBitmap free) {
        for (int bin = 0; bin < counts.length; bin++) {
            check((counts[bin] != 0) == ((filledBins[bin >>> 6] & 1L << bin) != 0), "bin bit == stack not empty");
            check((filledBins[bin >>> 6] != 0) == ((filledWords & 1 << (bin >>> 6)) != 0), "word bit == word not 0");
            for (int at = 0; at < counts[bin]; at++) {
                int start = entry(bin, at);
                if (start != NONE) {
                    free.clear(start);
                }
            }
        }
        int missing = 0;
        for (int start = free.next(0); start >= 0; start = free.next(start + 1)) {
            missing++;
        }
        check(missing <= forgottenCount, "each free block has an entry");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("free blocks: broken: " + equation);
        }
    }
}
