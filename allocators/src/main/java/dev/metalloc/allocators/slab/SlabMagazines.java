// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.SlowPath;

/**
 * Stacks of free blocks, one for each class, that a heap takes from and gives to first.
 *
 * <p>Owner only; the figures may be read by any thread.
 */
/* Implementation notes
 *
 * As tcmalloc's caches for each CPU (Hunter et al., Beyond malloc efficiency to fleet efficiency, OSDI 2021): addresses in an
 * array, so that nothing but the top is carried from one operation to the next.
 *
 * One array, so that its bounds are loaded once: first a top for each class, then for each class BOTTOM, its blocks, END
 * behind the last place. A top is the index of the block on top in its low 16 bits, since 127 classes have 2^15 words or little more,
 * and the number of blocks handed out in the others: one word read and written by each operation. At 2^47 that number is carried over
 * where a stack runs dry or is full; only a thread that takes 2^47 more of a class and never comes there makes the count wrap, after days.
 *
 * A stack that is full doubles, up to a bound: blocks that a program frees and takes again in bursts then never see their slabs.
 * What so stays in stacks and could serve other classes is put back before a heap takes more memory (SlabHeap).
 *
 * Invariants: bottom <= top <= bottom + capacity;  a block in a stack has no mark in the map
 */
abstract class SlabMagazines {

    private static final int FIRST_BLOCKS = 64;
    private static final int FIRST_BYTES = 32 << 10;
    private static final int LEAST_BLOCKS = 4;
    private static final int MOST_BLOCKS = 256;
    private static final int MOST_BYTES = 1 << 20;
    /** Blocks taken from a slab at a time: more of them would only be cold by the time they are used. */
    private static final int MOST_FILLED = 64;

    /** No block's address: the words on both sides of the places of a class. */
    private static final long BOTTOM = 0;

    private static final long END = -1;

    private static final int COUNT_SHIFT = 16;
    private static final int TOP_MASK = (1 << COUNT_SHIFT) - 1;
    private static final long POPPED = (1L << COUNT_SHIFT) - 1;

    private final int[] blockBytes;
    private final int[] bottoms;
    private final int[] capacities;
    /** Blocks handed out that are counted in no top any more. */
    private long carriedCount;

    private long[] words;

    SlabMagazines(SizeClasses classes) {
        blockBytes = new int[classes.count()];
        bottoms = new int[classes.count()];
        capacities = new int[classes.count()];
        for (int sizeClass = 0; sizeClass < bottoms.length; sizeClass++) {
            blockBytes[sizeClass] = classes.byteSize(sizeClass);
            capacities[sizeClass] = Math.clamp(FIRST_BYTES / blockBytes[sizeClass], LEAST_BLOCKS, FIRST_BLOCKS);
        }
        words = emptyStacks(bottoms, capacities);
    }

    /** Lays stacks out one behind the other; sets the bottoms that go with it. */
    private static long[] emptyStacks(int[] bottoms, int[] capacities) {
        int end = bottoms.length;
        for (int sizeClass = 0; sizeClass < bottoms.length; sizeClass++) {
            bottoms[sizeClass] = end;
            end += capacities[sizeClass] + 2;
        }
        long[] empty = new long[end];
        for (int sizeClass = 0; sizeClass < bottoms.length; sizeClass++) {
            empty[sizeClass] = bottoms[sizeClass];
            empty[bottoms[sizeClass]] = BOTTOM;
            empty[bottoms[sizeClass] + capacities[sizeClass] + 1] = END;
        }
        return empty;
    }

    /** Doubles the places of a class; false where it has as many as it may, or the Java heap has no room for more. */
    @SlowPath
    final boolean grow(int sizeClass) {
        int capacity = capacities[sizeClass] * 2;
        if (capacity > MOST_BLOCKS || capacity > MOST_BYTES / blockBytes[sizeClass]) {
            return false;
        }
        try {
            layOut(sizeClass, capacity);
            return true;
        } catch (OutOfMemoryError e) {
            return false; // a free must not fail for it
        }
    }

    /** Gives a class so many places; nothing is changed before all is made. */
    private void layOut(int sizeClass, int capacity) {
        long[] old = words;
        int[] newCapacities = capacities.clone();
        int[] newBottoms = new int[bottoms.length];
        newCapacities[sizeClass] = capacity;
        long[] all = emptyStacks(newBottoms, newCapacities);
        for (int each = 0; each < newBottoms.length; each++) {
            int count = cachedCount(each);
            System.arraycopy(old, bottoms[each] + 1, all, newBottoms[each] + 1, count);
            all[each] = (old[each] & ~(long) TOP_MASK) | (newBottoms[each] + count);
        }
        System.arraycopy(newBottoms, 0, bottoms, 0, bottoms.length);
        capacities[sizeClass] = capacity;
        words = all;
    }

    /** Hands out the block freed last, or 0 where there is none. */
    final long pop(int sizeClass) {
        long[] all = words;
        long top = all[sizeClass];
        long address = all[(int) top & TOP_MASK];
        if (address != BOTTOM) {
            all[sizeClass] = top + POPPED;
        }
        return address;
    }

    /** Takes back a block; false where there is no place. */
    final boolean push(int sizeClass, long address) {
        long[] all = words;
        long top = all[sizeClass] + 1;
        int place = (int) top & TOP_MASK;
        if (all[place] == END) {
            return false;
        }
        all[place] = address;
        all[sizeClass] = top;
        return true;
    }

    /** Counts a block handed out that was in no stack. */
    final void countAllocation(int sizeClass) {
        words[sizeClass] += 1L << COUNT_SHIFT;
        carry(sizeClass);
    }

    /** Takes the count out of a top where it is large. */
    private void carry(int sizeClass) {
        long top = words[sizeClass];
        if (top < 0) {
            carriedCount += top >>> COUNT_SHIFT;
            words[sizeClass] = top & TOP_MASK;
        }
    }

    /** Fills an empty stack with free blocks of a slab so that they will be handed out in the slab's order. */
    final void fill(int sizeClass, Slab slab) {
        int count = Math.min(Math.min(half(sizeClass), MOST_FILLED), slab.readyCount());
        slab.take(words, bottoms[sizeClass] + count, count);
        words[sizeClass] += count;
    }

    /** How many blocks to move at a time. */
    final int half(int sizeClass) {
        return capacities[sizeClass] / 2;
    }

    /** The block in a place counted from 1, the lowest. */
    final long cached(int sizeClass, int place) {
        return words[bottoms[sizeClass] + place];
    }

    /** Puts blocks from a place on, counted from 1, back into a slab, as long as they are of it; answers how many. */
    final int putBack(int sizeClass, int place, int count, Slab slab) {
        int first = bottoms[sizeClass] + place;
        return slab.put(words, first, first + count);
    }

    /** Drops the lowest blocks, which the caller took. */
    final void dropLowest(int sizeClass, int count) {
        int first = bottoms[sizeClass] + 1;
        System.arraycopy(words, first + count, words, first, cachedCount(sizeClass) - count);
        words[sizeClass] -= count;
        carry(sizeClass);
    }

    /** Blocks in the stack of a class. */
    final int cachedCount(int sizeClass) {
        return ((int) words[sizeClass] & TOP_MASK) - bottoms[sizeClass];
    }

    /** Blocks in all stacks. */
    final long cachedCount() {
        long count = 0;
        for (int sizeClass = 0; sizeClass < bottoms.length; sizeClass++) {
            count += cachedCount(sizeClass);
        }
        return count;
    }

    /** Bytes of those blocks. */
    final long cachedBytes() {
        long bytes = 0;
        for (int sizeClass = 0; sizeClass < bottoms.length; sizeClass++) {
            bytes += (long) cachedCount(sizeClass) * blockBytes[sizeClass];
        }
        return bytes;
    }

    /** Blocks of all classes handed out so far. */
    final long allocateCount() {
        long count = carriedCount;
        for (int sizeClass = 0; sizeClass < bottoms.length; sizeClass++) {
            count += words[sizeClass] >>> COUNT_SHIFT;
        }
        return count;
    }

    /** Of its arrays. */
    long heldBytes() {
        return ArrayBytes.of(blockBytes) + ArrayBytes.of(bottoms) + ArrayBytes.of(capacities) + ArrayBytes.of(words);
    }

    /** Checks that each stack lies between its bounds. */
    final void validateBounds() {
        for (int sizeClass = 0; sizeClass < bottoms.length; sizeClass++) {
            int count = cachedCount(sizeClass);
            int bottom = bottoms[sizeClass];
            boolean isBounded = words[bottom] == BOTTOM && words[bottom + capacities[sizeClass] + 1] == END;
            if (!isBounded || count < 0 || count > capacities[sizeClass]) {
                throw new IllegalStateException("slab magazines: broken: bottom <= top <= bottom + capacity");
            }
        }
    }
}
