// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import java.util.Arrays;

/**
 * Stacks of freed blocks kept whole for the next request of the same size, so that a pair of allocate and free neither splits
 * nor coalesces.
 *
 * <p>Confined. Bounded for each size and in all.
 */
public final class QuickLists {

    public static final int NONE = -1;

    /** No size keeps more than this many bytes … */
    private static final int LIST_BYTES = 64 << 10;
    /** … nor more than this many blocks, but always this few. */
    private static final int MOST_BLOCKS = 1024;

    private static final int LEAST_BLOCKS = 2;

    private final int[][] stacks;
    private final int[] counts;
    private final long limitBytes;
    private long heldBytes;

    /**
     * @param sizes number of sizes, each with its list
     * @param limitBytes most bytes held in all
     */
    public QuickLists(int sizes, long limitBytes) {
        stacks = new int[sizes][];
        counts = new int[sizes];
        this.limitBytes = limitBytes;
        Arrays.fill(stacks, new int[0]);
    }

    public int sizes() {
        return counts.length;
    }

    public int count(int size) {
        return counts[size];
    }

    public long heldBytes() {
        return heldBytes;
    }

    /** The block put in last, or NONE. */
    public int pop(int size, long byteSize) {
        int below = counts[size] - 1;
        if (below < 0) {
            return NONE;
        }
        counts[size] = below;
        heldBytes -= byteSize;
        return stacks[size][below];
    }

    /** Keeps a block; false where there is no room for it. */
    public boolean push(int size, int block, long byteSize) {
        int count = counts[size];
        int[] stack = stacks[size];
        if (heldBytes + byteSize > limitBytes || (count == stack.length && !grow(size, byteSize))) {
            return false;
        }
        stacks[size][count] = block;
        counts[size] = count + 1;
        heldBytes += byteSize;
        return true;
    }

    private boolean grow(int size, long byteSize) {
        int length = stacks[size].length;
        long most = Math.min(MOST_BLOCKS, Math.max(LEAST_BLOCKS, LIST_BYTES / byteSize));
        if (length >= most) {
            return false;
        }
        stacks[size] = Arrays.copyOf(stacks[size], (int) Math.min(most, Math.max(8, length * 2)));
        return true;
    }
}
