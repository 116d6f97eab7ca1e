// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.concurrent.SpinLock;

/**
 * The lock of one heap.
 *
 * <p>Any thread. Who holds one waits for another only of a dead thread's heap, whose holders wait for nobody.
 */
final class HeapLock {

    /** For another heap's lock, in spins: some fifteen microseconds. What is taken from the system instead would stay. */
    private static final int MOST_WAITED = 1024;

    private final SpinLock lock = new SpinLock();
    private final boolean isNeeded;

    /** @param isNeeded false where one thread at a time calls: then it does nothing */
    HeapLock(boolean isNeeded) {
        this.isNeeded = isNeeded;
    }

    void lock() {
        if (isNeeded) {
            lock.lock();
        }
    }

    void unlock() {
        if (isNeeded) {
            lock.unlock();
        }
    }

    /**
     * Takes another heap's lock beside this one, which the caller holds; false where it was not left soon.
     *
     * <p>While it waits this one is open, so that two that want something of each other do not stand in each other's way: what is under it
     * may be different afterwards, whatever the answer.
     */
    boolean takeToo(HeapLock other) {
        return other.lock.tryLock() || awaitAside(other);
    }

    private boolean awaitAside(HeapLock other) {
        lock.unlock();
        boolean isTaken = other.lock.tryLock(MOST_WAITED);
        if (isTaken && !lock.tryLock()) {
            other.lock.unlock();
            isTaken = false;
        }
        if (!isTaken) {
            lock.lock();
        }
        return isTaken;
    }
}
