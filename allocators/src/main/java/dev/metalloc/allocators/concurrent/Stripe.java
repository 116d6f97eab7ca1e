// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.OffHeapAllocator;

/** One of the parts of a striped allocator: a confined allocator and its lock. */
final class Stripe {

    /** So often a lock has to be waited for before a thread goes elsewhere the first time … */
    static final int FIRST_WAITS = 8;
    /** … and 2^3 times as often each further time: who goes leaves blocks behind, whose frees others then wait for. */
    private static final int FURTHER_SHIFT = 3;

    private static final int MOST_WAITS = 1 << 20;

    final OffHeapAllocator allocator;
    final SpinLock lock = new SpinLock();
    /* Written without order: lost counts do no harm. */
    private int waitsLeft = FIRST_WAITS;
    private int nextWaits = FIRST_WAITS;

    Stripe(OffHeapAllocator allocator) {
        this.allocator = allocator;
    }

    /** Under the lock. */
    long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        return zeroed ? allocator.allocateZeroed(byteSize, byteAlignment) : allocator.allocate(byteSize, byteAlignment);
    }

    /** Counts that a thread finds the lock taken, and answers whether it had better go elsewhere. */
    boolean isCrowded() {
        if (--waitsLeft > 0) {
            return false;
        }
        nextWaits = Math.min(nextWaits << FURTHER_SHIFT, MOST_WAITS);
        waitsLeft = nextWaits;
        return true;
    }

    /** The waits after which a thread goes elsewhere. */
    int waitsLeft() {
        return waitsLeft;
    }
}
