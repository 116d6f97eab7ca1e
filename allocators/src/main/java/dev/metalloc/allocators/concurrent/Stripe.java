// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.OffHeapAllocator;

/** One of the parts of a striped allocator: a confined allocator and its lock. */
final class Stripe {

    /** So many times a lock has to be waited for, for one wait that makes a thread go elsewhere. */
    static final int WAITS_PER_MOVE = 8;

    final OffHeapAllocator allocator;
    final SpinLock lock = new SpinLock();
    /** Written without order: lost counts do no harm. */
    private int waits;

    Stripe(OffHeapAllocator allocator) {
        this.allocator = allocator;
    }

    /** Under the lock. */
    long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        return zeroed ? allocator.allocateZeroed(byteSize, byteAlignment) : allocator.allocate(byteSize, byteAlignment);
    }

    /** Counts that a thread finds the lock taken, and answers whether it had better go elsewhere. */
    boolean isCrowded() {
        return ++waits % WAITS_PER_MOVE == 0;
    }
}
