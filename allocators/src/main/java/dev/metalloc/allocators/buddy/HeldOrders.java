// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

import dev.metalloc.allocators.layout.QuickLists;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.source.ReservedRegion;

/**
 * What quick lists hold when they have no block to give: how much of it coalesces before memory is committed, and what is cut at once to fill
 * them.
 *
 * <p>Confined.
 */
/* Implementation notes
 *
 * Before more memory is committed as many blocks as are needed coalesce, where quick lists hold more than quickBytes and more than 1/128 of
 * committed memory.
 *
 * Where a list is empty and a small block would have to be cut from a large one, eight are cut at once, as one block, and seven held: a
 * program that grows would else cut for each block.
 */
final class HeldOrders {

    /** One part in 2^7 of committed memory may be held by quick lists when more is committed. */
    private static final int QUICK_SHIFT = 7;
    /** Where no block of up to 2^3 times the size is free, so many are cut at once, of a page at most. */
    private static final int BATCH_SHIFT = 3;

    private static final long LARGEST_BATCH_BYTES = 4 << 10;

    private final ReservedRegion region;
    private final BlockStates states;
    private final BuddyTiling tiling;
    private final QuickLists quick;
    private final int unitShift;
    private final long quickBytes;
    private final int batchOrders;

    /** @param quickBytes that may be held when memory is committed, however little there is; 0 where nothing is held */
    HeldOrders(
            ReservedRegion region,
            BlockStates states,
            BuddyTiling tiling,
            QuickLists quick,
            int unitShift,
            long quickBytes) {
        this.region = region;
        this.states = states;
        this.tiling = tiling;
        this.quick = quick;
        this.unitShift = unitShift;
        this.quickBytes = quickBytes;
        batchOrders = Math.min(quick.lists(), Sizes.log2(LARGEST_BATCH_BYTES) + 1 - unitShift) - BATCH_SHIFT;
    }

    /** Cuts a block, after what is held has made way where memory would be committed for it; answers its unit, or NONE. */
    int cut(int order, long zeroBytes) {
        while (tiling.wouldCommit(order) && quick.heldUnits() << unitShift > mostHeldBytes()) {
            giveBackOne(order);
        }
        int first = zeroBytes == 0 ? cutBatch(order) : BuddyTiling.NONE;
        if (first != BuddyTiling.NONE) {
            return first;
        }
        int unit = tiling.cut(order, zeroBytes);
        if (unit == BuddyTiling.NONE && quick.heldUnits() > 0) {
            flush();
            unit = tiling.cut(order, zeroBytes);
        }
        return unit;
    }

    /** Gives a held block back, of the next order that has one, else of the largest below: what a program drops it often builds again. */
    private void giveBackOne(int order) {
        int held = order;
        while (held < quick.lists() && quick.count(held) == 0) {
            held++;
        }
        if (held >= quick.lists()) {
            held = Math.min(order, quick.lists()) - 1;
            while (quick.count(held) == 0) {
                held--;
            }
        }
        giveBack(quick.pop(held), held);
    }

    /** Gives a block back that was just taken from its list. */
    private void giveBack(int unit, int order) {
        try {
            tiling.giveBack(unit, order);
        } catch (OutOfMemoryError e) {
            quick.push(order, unit);
            throw e;
        }
    }

    /** What quick lists may hold when memory is committed. */
    private long mostHeldBytes() {
        return Math.max(quickBytes, region.committedBytes() >>> QUICK_SHIFT);
    }

    /** Cuts some blocks of an order at once and holds all but the first, where that is due. */
    private int cutBatch(int order) {
        int whole = order + BATCH_SHIFT;
        if (order >= batchOrders || quickBytes == 0 || !tiling.wouldCut(order, whole)) {
            return BuddyTiling.NONE;
        }
        int unit = tiling.cut(whole, 0);
        if (unit != BuddyTiling.NONE) {
            holdRest(unit, whole, order);
        }
        return unit;
    }

    /** Holds all parts of a block but the first, so that they will be handed out in their order. */
    private void holdRest(int unit, int whole, int order) {
        for (int part = unit + (1 << whole) - (1 << order); part > unit; part -= 1 << order) {
            states.setFree(part, order);
            // The list is empty, so there is room for so few.
            quick.push(order, part);
        }
        tiling.noteParts((1 << BATCH_SHIFT) - 1);
    }

    /** Gives all back. */
    void flush() {
        for (int order = 0; order < quick.lists(); order++) {
            for (int unit = quick.pop(order); unit != QuickLists.NONE; unit = quick.pop(order)) {
                giveBack(unit, order);
            }
        }
    }
}
