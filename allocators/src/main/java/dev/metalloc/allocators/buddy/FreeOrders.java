// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SparseBitmap;

/**
 * The free blocks of a buddy allocator: a bitmap of units for each order.
 *
 * <p>Confined. The block found is the one with the lowest address, which keeps the high end free for large blocks.
 */
/* Implementation notes
 *
 * Invariants: bit k of filled set == counts[k] > 0;  counts[k] == bits in free[k];
 *             no block of free[k] is at or below lowest[k] - 1
 */
final class FreeOrders {

    static final int NONE = -1;

    private final SparseBitmap[] free;
    private final int[] counts;
    /** Where to start looking: no free block of the order lies below. */
    private final int[] lowest;

    private int filled;

    FreeOrders(int orders, int units) {
        free = new SparseBitmap[orders];
        counts = new int[orders];
        lowest = new int[orders];
        for (int order = 0; order < orders; order++) {
            // A bit for each block of the order, so that large blocks lie close together.
            free[order] = new SparseBitmap((units >>> order) + 1L);
        }
    }

    /** Of its arrays. */
    long heldBytes() {
        long bytes = ArrayBytes.of(free) + ArrayBytes.of(counts) + ArrayBytes.of(lowest);
        for (SparseBitmap order : free) {
            bytes += order.heldBytes();
        }
        return bytes;
    }

    /** A free block of at least the order, of the least such order, or NONE. */
    int find(int order) {
        int fitting = filled & -1 << order;
        if (fitting == 0) {
            return NONE;
        }
        int found = Integer.numberOfTrailingZeros(fitting);
        int index = free[found].next(lowest[found]);
        lowest[found] = index;
        return index << found;
    }

    /** Whether no block is free of an order, nor of any up to another. */
    boolean isNone(int order, int end) {
        return (filled & (1 << end) - (1 << order)) == 0;
    }

    /** The order of the free block that {@link #find} answered for an order. */
    int orderAt(int unit, int order) {
        int found = order;
        while (!isFree(unit, found)) {
            found++;
        }
        return found;
    }

    boolean isFree(int unit, int order) {
        return (unit & (1 << order) - 1) == 0 && free[order].get(unit >>> order);
    }

    void add(int unit, int order) {
        int index = unit >>> order;
        free[order].set(index);
        lowest[order] = counts[order] == 0 ? index : Math.min(lowest[order], index);
        counts[order]++;
        filled |= 1 << order;
    }

    void remove(int unit, int order) {
        free[order].clear(unit >>> order);
        if (--counts[order] == 0) {
            filled &= ~(1 << order);
        }
    }

    /** The first free block of an order from a unit on, or NONE. */
    int next(int order, int fromUnit) {
        int index = free[order].next((fromUnit + (1 << order) - 1) >>> order);
        return index < 0 ? NONE : index << order;
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    void validate() {
        for (int order = 0; order < free.length; order++) {
            int count = 0;
            for (int unit = next(order, 0); unit != NONE; unit = next(order, unit + 1)) {
                count++;
                check(unit >>> order >= lowest[order], "no free block below the lowest");
            }
            check(count == counts[order], "free bits == counted");
            check(count > 0 == ((filled & 1 << order) != 0), "order bit == order has a free block");
        }
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("buddy orders: broken: " + equation);
        }
    }
}
