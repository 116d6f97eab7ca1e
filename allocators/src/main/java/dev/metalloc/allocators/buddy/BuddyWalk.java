// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

/** Walks the blocks of a buddy allocator from end to end, checks that they tile it, and counts them. */
final class BuddyWalk {

    private final BlockStates states;
    private final FreeOrders free;
    private final int topOrder;
    private long liveUnits;
    private long liveCount;
    private int heldCount;

    BuddyWalk(BlockStates states, FreeOrders free, int topOrder) {
        this.states = states;
        this.free = free;
        this.topOrder = topOrder;
    }

    void tile(int endUnit) {
        int unit = 0;
        while (unit < endUnit) {
            check(states.isLive(unit) || states.isFree(unit), "a block starts where the last one ends");
            int order = states.order(unit);
            check((unit & (1 << order) - 1) == 0, "a block lies at a multiple of its size");
            count(unit, order);
            unit += 1 << order;
        }
        check(unit == endUnit, "blocks end with the chunks");
    }

    private void count(int unit, int order) {
        if (states.isLive(unit)) {
            check(!free.isFree(unit, order), "no block is free and live");
            liveCount++;
            liveUnits += 1L << order;
        } else if (free.isFree(unit, order)) {
            boolean isBuddyFree = order < topOrder && free.isFree(unit ^ 1 << order, order);
            check(!isBuddyFree, "no two buddies are free");
        } else {
            heldCount++;
        }
    }

    long liveUnits() {
        return liveUnits;
    }

    long liveCount() {
        return liveCount;
    }

    int heldCount() {
        return heldCount;
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("buddy: broken: " + equation);
        }
    }
}
