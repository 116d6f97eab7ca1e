// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

import java.util.Arrays;

/**
 * A byte for each unit of a buddy allocator: what block starts there, and of which order.
 *
 * <p>Confined. Pages of bytes exist where blocks ever started. A free mark stays where its block was merged into another:
 * it tells a block freed twice from an address that never was a block.
 */
final class BlockStates {

    private static final int PAGE_SHIFT = 16;
    private static final int PAGE_MASK = (1 << PAGE_SHIFT) - 1;
    private static final byte[] NO_BYTES = new byte[1 << PAGE_SHIFT];

    /** Bits above the order. */
    private static final int LIVE = 0x80;

    private static final int FREE = 0x40;
    private static final int ORDER_MASK = 0x3f;

    private final byte[][] pages;

    BlockStates(int units, int topOrder) {
        if (topOrder > ORDER_MASK) {
            throw new IllegalArgumentException("orders: " + topOrder + " (expected: at most " + ORDER_MASK + ")");
        }
        pages = new byte[(units >>> PAGE_SHIFT) + 1][];
        Arrays.fill(pages, NO_BYTES);
    }

    boolean isLive(int unit) {
        return state(unit) < 0;
    }

    boolean isFree(int unit) {
        return (state(unit) & FREE) != 0;
    }

    int order(int unit) {
        return state(unit) & ORDER_MASK;
    }

    void setLive(int unit, int order) {
        set(unit, LIVE | order);
    }

    void setFree(int unit, int order) {
        set(unit, FREE | order);
    }

    private byte state(int unit) {
        return pages[unit >>> PAGE_SHIFT][unit & PAGE_MASK];
    }

    @SuppressWarnings("ReferenceEquality") // the shared page of zeros is known by its identity
    private void set(int unit, int state) {
        byte[] page = pages[unit >>> PAGE_SHIFT];
        if (page == NO_BYTES) {
            page = new byte[1 << PAGE_SHIFT];
            pages[unit >>> PAGE_SHIFT] = page;
        }
        page[unit & PAGE_MASK] = (byte) state;
    }
}
