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
 * One array, so that one reference and one length serve all: first for each list the index of its block on top, then for each list
 * NONE, its places, END. A list that is full gets twice the places, for which the array is made anew.
 *
 * Invariants: heldUnits == sum of count(list) * units[list];  heldUnits <= limitUnits;
 *             bottom <= top <= bottom + capacity
 */
public final class QuickLists {

    public static final int NONE = -1;

    /** Behind the last place of a list: no block, as blocks are not negative. */
    private static final int END = -2;

    private static final int FIRST_CAPACITY = 8;

    private final int[] bottoms;
    private final int[] capacities;
    private final int[] units;
    private int[] words;
    private long limitUnits;
    private long heldUnits;
    private int turn;

    /** @param units for each list, the size of its blocks in any unit */
    public QuickLists(int[] units) {
        this.units = units.clone();
        bottoms = new int[units.length];
        capacities = new int[units.length];
        Arrays.fill(capacities, FIRST_CAPACITY);
        words = layOut();
    }

    /** An array with a NONE and an END for each list and its places between them; all lists are empty. */
    private int[] layOut() {
        int end = units.length;
        for (int list = 0; list < units.length; list++) {
            bottoms[list] = end;
            end += capacities[list] + 2;
        }
        int[] fresh = new int[end];
        for (int list = 0; list < units.length; list++) {
            fresh[list] = bottoms[list];
            fresh[bottoms[list]] = NONE;
            fresh[bottoms[list] + capacities[list] + 1] = END;
        }
        return fresh;
    }

    private void grow(int list) {
        int[] oldBottoms = bottoms.clone();
        int[] old = words;
        capacities[list] *= 2;
        int[] fresh = layOut();
        for (int each = 0; each < units.length; each++) {
            int count = old[each] - oldBottoms[each];
            System.arraycopy(old, oldBottoms[each] + 1, fresh, bottoms[each] + 1, count);
            fresh[each] += count;
        }
        words = fresh;
    }

    public int lists() {
        return units.length;
    }

    public int count(int list) {
        return words[list] - bottoms[list];
    }

    public long heldUnits() {
        return heldUnits;
    }

    public long heldBlocks() {
        long blocks = 0;
        for (int list = 0; list < units.length; list++) {
            blocks += count(list);
        }
        return blocks;
    }

    /** Sets the bound; what is held must not pass it. */
    public void limit(long mostUnits) {
        limitUnits = mostUnits;
    }

    /** The block put in last, or NONE. */
    public int pop(int list) {
        int[] all = words;
        int top = all[list];
        int block = all[top];
        if (block != NONE) {
            all[list] = top - 1;
            heldUnits -= units[list];
        }
        return block;
    }

    /** Keeps a block; false where the bound would be passed or the list is full: {@link #add} makes it longer. */
    public boolean push(int list, int block) {
        int[] all = words;
        int top = all[list] + 1;
        long held = heldUnits + units[list];
        if (held > limitUnits || all[top] == END) {
            return false;
        }
        all[top] = block;
        all[list] = top;
        heldUnits = held;
        return true;
    }

    /** Keeps a block for which there {@link #isRoom}. */
    public void add(int list, int block) {
        if (count(list) == capacities[list]) {
            grow(list);
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
            turn = turn + 1 < units.length ? turn + 1 : 0;
        } while (count(turn) == 0);
        return turn;
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    public void validate() {
        long held = 0;
        for (int list = 0; list < units.length; list++) {
            check(count(list) >= 0 && count(list) <= capacities[list], "bottom <= top <= bottom + capacity");
            held += (long) count(list) * units[list];
        }
        check(held == heldUnits, "units held in quick lists == those of their blocks");
        check(heldUnits <= limitUnits, "units held in quick lists <= bound");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("quick lists: broken: " + equation);
        }
    }
}
