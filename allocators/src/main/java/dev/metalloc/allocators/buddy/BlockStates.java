// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

import dev.metalloc.allocators.layout.SparseBytes;

/**
 * A byte for each unit of a buddy allocator: what block starts there, and of which order.
 *
 * <p>Confined. A free mark stays where its block was merged into another: it tells a block freed twice from an address that
 * never was a block.
 */
final class BlockStates {

    /** Bits above the order. */
    private static final int LIVE = 0x80;

    private static final int FREE = 0x40;
    private static final int ORDER_MASK = 0x3f;

    private final SparseBytes states;

    BlockStates(int units, int topOrder) {
        if (topOrder > ORDER_MASK) {
            throw new IllegalArgumentException("orders: " + topOrder + " (expected: at most " + ORDER_MASK + ")");
        }
        states = new SparseBytes(units);
    }

    /** Of its arrays. */
    long heldBytes() {
        return states.heldBytes();
    }

    boolean isLive(int unit) {
        return states.get(unit) < 0;
    }

    boolean isFree(int unit) {
        return (states.get(unit) & FREE) != 0;
    }

    int order(int unit) {
        return states.get(unit) & ORDER_MASK;
    }

    void setLive(int unit, int order) {
        states.set(unit, LIVE | order);
    }

    void setFree(int unit, int order) {
        states.set(unit, FREE | order);
    }

    /** As {@link #setLive}, for a unit that has a state. */
    void becomeLive(int unit, int order) {
        states.replace(unit, LIVE | order);
    }

    /** As {@link #setFree}, for a unit that has a state. */
    void becomeFree(int unit, int order) {
        states.replace(unit, FREE | order);
    }
}
