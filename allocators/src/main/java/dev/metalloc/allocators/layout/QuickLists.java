// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.layout;

import java.util.Arrays;

/**
 * Stacks of freed blocks kept whole for the next request of the same size, so that allocating and freeing neither splits nor
 * coalesces.
 *
 * <p>Confined. What is held costs nothing as long as no more memory is needed: its bound is the user's to see to, before he
 * takes more. Source: the quick lists of dlmalloc 2.5 (Lea), deferred coalescing as Wilson et al., "Dynamic Storage Allocation",
 * section 2.6, describe it.
 */
/* Implementation notes
 *
 * One array, so that one reference and one length serve all: first for each list the index of its block on top, then for each list
 * NONE, its places, END. A list that is full gets twice the places, for which the array is made anew.
 *
 * Invariants: bottom <= top <= bottom + capacity
 */
public final class QuickLists {

    public static final int NONE = -1;

    /** Behind the last place of a list: no block, as blocks are not negative. */
    private static final int END = -2;

    private static final int FIRST_CAPACITY = 8;
    /** Where a program asks for alignment, most blocks of a size have it. */
    private static final int MOST_LOOKED_AT = 4;

    private final int[] bottoms;
    private final int[] capacities;
    private final int[] units;
    private int[] words;

    /**
     * @param units for each list, the size of its blocks in any unit
     * @param isOpen whether anything may be put in
     */
    public QuickLists(int[] units, boolean isOpen) {
        this.units = units.clone();
        bottoms = new int[units.length];
        capacities = new int[units.length];
        Arrays.fill(capacities, isOpen ? FIRST_CAPACITY : 0);
        words = layOut(bottoms, capacities);
    }

    /** An array with a NONE and an END for each list and its places between them; all lists are empty. Sets the bottoms. */
    private static int[] layOut(int[] bottoms, int[] capacities) {
        int end = bottoms.length;
        for (int list = 0; list < bottoms.length; list++) {
            bottoms[list] = end;
            end += capacities[list] + 2;
        }
        int[] fresh = new int[end];
        for (int list = 0; list < bottoms.length; list++) {
            fresh[list] = bottoms[list];
            fresh[bottoms[list]] = NONE;
            fresh[bottoms[list] + capacities[list] + 1] = END;
        }
        return fresh;
    }

    /** Nothing is changed before all is made. */
    private void grow(int list) {
        int[] newCapacities = capacities.clone();
        int[] newBottoms = new int[units.length];
        newCapacities[list] *= 2;
        int[] fresh = layOut(newBottoms, newCapacities);
        for (int each = 0; each < units.length; each++) {
            System.arraycopy(words, bottoms[each] + 1, fresh, newBottoms[each] + 1, count(each));
            fresh[each] += count(each);
        }
        System.arraycopy(newBottoms, 0, bottoms, 0, units.length);
        capacities[list] = newCapacities[list];
        words = fresh;
    }

    /** Of its arrays. */
    public long heldBytes() {
        return ArrayBytes.of(bottoms) + ArrayBytes.of(capacities) + ArrayBytes.of(units) + ArrayBytes.of(words);
    }

    public int lists() {
        return units.length;
    }

    public int count(int list) {
        return words[list] - bottoms[list];
    }

    /** Added up over all lists. */
    public long heldUnits() {
        long held = 0;
        for (int list = 0; list < units.length; list++) {
            held += (long) count(list) * units[list];
        }
        return held;
    }

    public long heldBlocks() {
        long blocks = 0;
        for (int list = 0; list < units.length; list++) {
            blocks += count(list);
        }
        return blocks;
    }

    /** The block put in last, or NONE. */
    public int pop(int list) {
        int[] all = words;
        int top = all[list];
        int block = all[top];
        if (block != NONE) {
            all[list] = top - 1;
        }
        return block;
    }

    /**
     * One of the few blocks put in last, or NONE where none of them is a multiple.
     *
     * @param alignment a power of two
     */
    public int popAligned(int list, int alignment) {
        int[] all = words;
        int top = all[list];
        for (int place = top; place > bottoms[list] && place > top - MOST_LOOKED_AT; place--) {
            int block = all[place];
            if ((block & (alignment - 1)) == 0) {
                all[place] = all[top];
                all[list] = top - 1;
                return block;
            }
        }
        return NONE;
    }

    /** Keeps a block; false where the list is full: {@link #add} makes it longer. */
    public boolean push(int list, int block) {
        int[] all = words;
        int top = all[list] + 1;
        if (all[top] == END) {
            return false;
        }
        all[top] = block;
        all[list] = top;
        return true;
    }

    /** Keeps a block, however many there are; the lists must be open. False where the Java heap has no room for it. */
    public boolean add(int list, int block) {
        try {
            if (count(list) == capacities[list]) {
                grow(list);
            }
        } catch (OutOfMemoryError e) {
            return false; // a free must not fail for it
        }
        return push(list, block);
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    public void validate() {
        for (int list = 0; list < units.length; list++) {
            if (count(list) < 0 || count(list) > capacities[list]) {
                throw new IllegalStateException("quick lists: broken: bottom <= top <= bottom + capacity");
            }
        }
    }
}
