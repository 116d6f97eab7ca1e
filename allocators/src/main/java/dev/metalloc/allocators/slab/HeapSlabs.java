// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SlowPath;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The slabs of one heap, by what they are to it.
 *
 * <p>Under the lock of the heap, but for {@link #mayHaveSpare}.
 */
/* Implementation notes
 *
 * Each slab is in one state: CURRENT (blocks are taken from it, one of each class), PARTIAL (in the list of its class), FULL (in
 * no list; the next of its blocks that comes back makes it PARTIAL).
 *
 * Of each class one empty slab may stay as the only PARTIAL one, so that a program that goes up and down around a
 * slab's edge does not go to the pool each time; others go to the pool as soon as they are empty and quiet.
 */
final class HeapSlabs {

    /** So many slabs are looked at for one to spare. */
    private static final int MOST_LOOKS = 64;

    /** So many go at once: they are asked for one by one, and what is asked for seldom ends with the first. */
    private static final int MOST_GIVEN = 16;

    private final SlabHeap heap;
    private final SlabPool pool;
    private final Slab[] current;
    private final PartialSlabs partial;

    HeapSlabs(SlabHeap heap, SlabPool pool, int classCount) {
        this.heap = heap;
        this.pool = pool;
        current = new Slab[classCount];
        partial = new PartialSlabs(classCount);
        Arrays.fill(current, Slab.NONE);
    }

    /** The one of a class that blocks are taken from; {@link Slab#NONE} where there is none. */
    Slab current(int sizeClass) {
        return current[sizeClass];
    }

    /** The first slab of the list with a block to take, off the list; with more memory behind it only if that may be taken. */
    @Nullable
    Slab takePartial(int sizeClass, boolean mayGrow) {
        Slab slab = partial.first(sizeClass);
        while (slab != null && !(mayGrow ? isReady(slab) : slab.readyCount() != 0)) {
            slab = slab.next;
        }
        if (slab != null) {
            partial.unlink(slab);
        }
        return slab;
    }

    /** Whether a block can be taken from the slab, with more memory behind it where it takes that. */
    private boolean isReady(Slab slab) {
        return slab.readyCount() != 0 || pool.grow(slab);
    }

    /** Takes blocks of a class from a slab of no list from now on; false where there is no memory behind it. */
    boolean makeCurrent(int sizeClass, Slab slab) {
        Slab dry = current[sizeClass];
        slab.state = Slab.CURRENT;
        current[sizeClass] = slab;
        if (dry.hasRoom()) {
            // There is no memory behind it yet.
            partial.link(dry);
        } else if (dry != Slab.NONE) {
            dry.state = Slab.FULL;
        }
        return isReady(slab);
    }

    /** After a block of one of the slabs was put back. */
    void afterFree(Slab slab) {
        if (slab.state != Slab.CURRENT) {
            afterFreeElsewhere(slab);
        }
    }

    @SlowPath
    private void afterFreeElsewhere(Slab slab) {
        if (slab.state == Slab.FULL && slab.hasRoom()) {
            partial.link(slab);
        }
        if (slab.state == Slab.PARTIAL && slab.isEmpty() && !PartialSlabs.isOnly(slab)) {
            releaseIfQuiet(slab);
        }
    }

    private void releaseIfQuiet(Slab slab) {
        if (slab.isQuiet()) {
            partial.unlink(slab);
            pool.give(slab);
        }
    }

    /** Gives every empty slab to the pool. */
    void releaseEmpty() {
        for (int sizeClass = 0; sizeClass < current.length; sizeClass++) {
            Slab slab = partial.first(sizeClass);
            while (slab != null) {
                Slab next = slab.next;
                releaseIfQuiet(slab);
                slab = next;
            }
            Slab inUse = current[sizeClass];
            if (inUse != Slab.NONE && inUse.isQuiet()) {
                current[sizeClass] = Slab.NONE;
                pool.give(inUse);
            }
        }
    }

    /** Gives another heap slabs of a class of which much can be taken, as far as they are found soon; false where none was. */
    boolean giveSpare(int sizeClass, HeapSlabs taker) {
        int given = 0;
        Slab slab = partial.first(sizeClass);
        for (int looks = 0; slab != null && looks < MOST_LOOKS && given < MOST_GIVEN; looks++) {
            Slab next = slab.next;
            if (slab.isMuchReady()) {
                partial.unlink(slab);
                pool.assign(slab, taker.heap);
                taker.partial.link(slab);
                given++;
            }
            slab = next;
        }
        return given != 0;
    }

    /** Whether there may be a slab to spare; any thread. */
    boolean mayHaveSpare(int sizeClass) {
        return partial.first(sizeClass) != null;
    }

    /** Of its arrays. */
    long heldBytes() {
        return ArrayBytes.of(current) + partial.heldBytes();
    }

    /** Checks that the slabs are what the lists say. */
    void validate() {
        for (int sizeClass = 0; sizeClass < current.length; sizeClass++) {
            check(current[sizeClass].state == Slab.CURRENT || current[sizeClass] == Slab.NONE, "current state");
            Slab previous = null;
            for (Slab slab = partial.first(sizeClass); slab != null; slab = slab.next) {
                check(slab.state == Slab.PARTIAL && slab.hasRoom(), "a listed slab is partial and has room");
                check(slab.heap() == heap && slab.previous == previous, "links agree both ways");
                previous = slab;
            }
        }
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("slab heap: broken: " + equation);
        }
    }
}
