// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.ReservedRegion;

/**
 * Cuts chunks into blocks of orders and joins buddies again.
 *
 * <p>Confined. Blocks are named by units, the number of smallest blocks before them.
 */
/* Implementation notes
 *
 * The buddy of a block is the unit with the order's bit flipped. What is free is free here; a taken block's state is set by who took
 * it. Memory is committed when a block is taken.
 *
 * Invariants: taken and free blocks tile the chunks in use;  no two free blocks are buddies;  a block lies at a multiple of its size
 */
final class BuddyTiling {

    static final int NONE = FreeOrders.NONE;

    private final ReservedRegion region;
    private final int unitShift;
    private final int topOrder;
    private final int units;
    private final BlockStates states;
    private final FreeOrders free;

    private int unitsInChunks;
    private long takenUnits;
    private long takenBlocks;

    /** @param units in all chunks, a multiple of those in one */
    BuddyTiling(ReservedRegion region, BlockStates states, int units, int unitShift, int topOrder) {
        this.region = region;
        this.states = states;
        this.units = units;
        this.unitShift = unitShift;
        this.topOrder = topOrder;
        free = new FreeOrders(topOrder + 1, units);
    }

    /** Of what says which blocks are free, and of the states. */
    long heldBytes() {
        return free.heldBytes() + states.heldBytes();
    }

    long takenUnits() {
        return takenUnits;
    }

    long takenBlocks() {
        return takenBlocks;
    }

    /** Whether a block of the order would be cut from one of at least the larger order. */
    boolean wouldCut(int order, int larger) {
        return free.isNone(order, larger);
    }

    /** Whether memory is committed for the next block of an order. */
    boolean wouldCommit(int order) {
        int unit = free.find(order);
        long from = (long) unit << unitShift;
        return unit == NONE || !region.isCommitted(from, from + bytesOf(order));
    }

    /** Takes a block of an order with {@code zeroBytes} bytes zero, or NONE where there is no room or no memory. */
    int cut(int order, long zeroBytes) {
        int unit = find(order);
        if (unit == NONE) {
            return NONE;
        }
        int from = free.orderAt(unit, order);
        if (!commit(unit, order, zeroBytes)) {
            return NONE;
        }
        split(unit, from, order);
        takenUnits += 1 << order;
        takenBlocks++;
        return unit;
    }

    /** Notes that a taken block was made so many more of the same size in all. */
    void noteParts(int more) {
        takenBlocks += more;
    }

    private int find(int order) {
        int unit = free.find(order);
        return unit == NONE && addChunk() ? free.find(order) : unit;
    }

    @SlowPath
    private boolean addChunk() {
        if (unitsInChunks == units) {
            return false;
        }
        putFree(unitsInChunks, topOrder);
        unitsInChunks += 1 << topOrder;
        return true;
    }

    private boolean commit(int unit, int order, long zeroBytes) {
        long from = (long) unit << unitShift;
        long end = from + bytesOf(order);
        if (zeroBytes == 0) {
            return region.commit(from, end, false);
        }
        // What lies behind the requested bytes need not be zero.
        return region.commit(from, from + zeroBytes, true)
                && (from + zeroBytes == end || region.commit(from + zeroBytes, end, false));
    }

    /** Takes a free block and gives the upper halves back until it has the order wanted. */
    private void split(int unit, int from, int order) {
        free.remove(unit, from);
        int whole = from;
        try {
            for (int half = from - 1; half >= order; half--) {
                putFree(unit + (1 << half), half);
                whole = half;
            }
        } catch (OutOfMemoryError e) {
            join(unit, whole, from);
            throw e;
        }
    }

    /** Undoes what was split of a block, whose own record has room: it was there. */
    private void join(int unit, int order, int from) {
        for (int half = order; half < from; half++) {
            free.remove(unit + (1 << half), half);
        }
        free.add(unit, from);
    }

    private void putFree(int unit, int order) {
        states.setFree(unit, order);
        free.add(unit, order);
    }

    /**
     * Takes back a block; leaves its own state to the caller, unless the free block begins there.
     *
     * @throws OutOfMemoryError where the Java heap has no room for the record; all is as it was
     */
    void giveBack(int unit, int order) {
        int first = unit;
        int merged = order;
        while (merged < topOrder && free.isFree(first ^ 1 << merged, merged)) {
            int buddy = first ^ 1 << merged;
            free.remove(buddy, merged);
            first = Math.min(first, buddy);
            merged++;
        }
        try {
            free.add(first, merged);
        } catch (OutOfMemoryError e) {
            part(unit, order, merged);
            throw e;
        }
        states.becomeFree(first, merged);
        takenUnits -= 1 << order;
        takenBlocks--;
    }

    /** Undoes the joining of a block's buddies, whose records have room: they were there. */
    private void part(int unit, int order, int merged) {
        for (int half = order; half < merged; half++) {
            free.add((unit & (-1 << half)) ^ (1 << half), half);
        }
    }

    /** Makes a taken block larger where the buddies above it are free; false where it cannot be done. */
    boolean grow(int unit, int order, int wanted) {
        if ((unit & (1 << wanted) - 1) != 0) {
            return false;
        }
        for (int k = order; k < wanted; k++) {
            if (!free.isFree(unit + (1 << k), k)) {
                return false;
            }
        }
        if (!commit(unit, wanted, 0)) {
            return false;
        }
        for (int k = order; k < wanted; k++) {
            free.remove(unit + (1 << k), k);
        }
        takenUnits += (1 << wanted) - (1 << order);
        return true;
    }

    /** Purges free blocks of at least an order; returns the bytes given back. */
    long purge(int least) {
        long bytes = 0;
        for (int order = least; order <= topOrder; order++) {
            for (int unit = free.next(order, 0); unit != NONE; unit = free.next(order, unit + 1)) {
                long from = (long) unit << unitShift;
                bytes += region.purge(from, from + bytesOf(order));
            }
        }
        return bytes;
    }

    private long bytesOf(int order) {
        return 1L << (unitShift + order);
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @return what the walk over all blocks counted
     * @throws IllegalStateException naming the first that does not hold
     */
    BuddyWalk validate() {
        free.validate();
        BuddyWalk walk = new BuddyWalk(states, free, topOrder);
        walk.tile(unitsInChunks);
        return walk;
    }
}
