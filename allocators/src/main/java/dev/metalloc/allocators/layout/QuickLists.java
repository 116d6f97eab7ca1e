// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import java.util.Arrays;

/**
 * Stacks of freed blocks kept whole for the next request of the same size, so that allocating and freeing neither splits nor
 * coalesces.
 *
 * <p>Confined. Bounded in all, not for each size: what a program uses may fill the whole bound. Where the bound is passed
 * {@link #victim} names the lists in turn, so that sizes out of use give way. Source: the quick lists of dlmalloc 2.5 (Lea),
 * deferred coalescing as Wilson et al., "Dynamic Storage Allocation", section 2.6, describe it.
 */
/* Implementation notes
 *
 * Invariants: heldUnits == sum of counts[list] * units[list];  heldUnits <= limitUnits
 */
public final class QuickLists {

    public static final int NONE = -1;

    private static final int FIRST_LENGTH = 8;

    private final int[][] stacks;
    private final int[] counts;
    private final int[] units;
    private long limitUnits;
    private long heldUnits;
    private int turn;

    /** @param units for each list, the size of its blocks in any unit */
    public QuickLists(int[] units) {
        this.units = units.clone();
        stacks = new int[units.length][];
        counts = new int[units.length];
        Arrays.fill(stacks, new int[0]);
    }

    public int lists() {
        return counts.length;
    }

    public int count(int list) {
        return counts[list];
    }

    public long heldUnits() {
        return heldUnits;
    }

    public long heldBlocks() {
        long blocks = 0;
        for (int count : counts) {
            blocks += count;
        }
        return blocks;
    }

    /** Sets the bound; what is held must not pass it. */
    public void limit(long mostUnits) {
        limitUnits = mostUnits;
    }

    /** The block put in last, or NONE. */
    public int pop(int list) {
        int below = counts[list] - 1;
        if (below < 0) {
            return NONE;
        }
        counts[list] = below;
        heldUnits -= units[list];
        return stacks[list][below];
    }

    /** Keeps a block; false where the bound would be passed or the stack is full: {@link #add} grows it. */
    public boolean push(int list, int block) {
        int count = counts[list];
        int[] stack = stacks[list];
        long held = heldUnits + units[list];
        if (held > limitUnits || count >= stack.length) {
            return false;
        }
        stack[count] = block;
        counts[list] = count + 1;
        heldUnits = held;
        return true;
    }

    /** Keeps a block for which there {@link #isRoom}. */
    public void add(int list, int block) {
        int length = stacks[list].length;
        if (counts[list] == length) {
            stacks[list] = Arrays.copyOf(stacks[list], Math.max(FIRST_LENGTH, length * 2));
        }
        push(list, block);
    }

    public boolean isRoom(int list) {
        return heldUnits + units[list] <= limitUnits;
    }

    /** Whether there is room for a block where nothing else is held. */
    public boolean couldHold(int list) {
        return units[list] <= limitUnits;
    }

    /** The list whose turn it is to give blocks up: each that holds some in turn; something must be held. */
    public int victim() {
        do {
            turn = turn + 1 < counts.length ? turn + 1 : 0;
        } while (counts[turn] == 0);
        return turn;
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    public void validate() {
        long units = 0;
        for (int list = 0; list < counts.length; list++) {
            units += (long) counts[list] * this.units[list];
        }
        check(units == heldUnits, "units held in quick lists == those of their blocks");
        check(heldUnits <= limitUnits, "units held in quick lists <= bound");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("quick lists: broken: " + equation);
        }
    }
}
