// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A lock for sections of some ten nanoseconds that never parks, so that virtual threads and the JVM's own may take it.
 *
 * <p>Not re-entrant, not fair. The holder must not block: a virtual thread stays on its carrier while it holds or waits.
 */
public final class SpinLock {

    /** About as long as a cache line takes from core to core, some ten times over. */
    private static final int SPINS_BEFORE_YIELD = 100;

    private final AtomicBoolean isHeld = new PaddedBoolean();

    /** Takes the lock if nobody holds it. */
    public boolean tryLock() {
        return isHeld.compareAndSet(false, true);
    }

    public void lock() {
        if (!isHeld.compareAndSet(false, true)) {
            lockSlow();
        }
    }

    // Yielding is no part of correctness here: it lets a holder that was descheduled go on.
    @SuppressWarnings("ThreadPriorityCheck")
    private void lockSlow() {
        // Yielding would take a virtual thread off its carrier, whose per-thread state it may be changing.
        boolean mayYield = !Thread.currentThread().isVirtual();
        int spins = 0;
        do {
            while (isHeld.get()) {
                if (++spins >= SPINS_BEFORE_YIELD && mayYield) {
                    Thread.yield();
                } else {
                    Thread.onSpinWait();
                }
            }
        } while (!isHeld.compareAndSet(false, true));
    }

    /** Pairs with the compare-and-set of the next {@link #lock()}: it sees all that was written under the lock. */
    public void unlock() {
        isHeld.setRelease(false);
    }
}
