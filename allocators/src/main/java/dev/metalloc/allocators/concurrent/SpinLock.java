// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

/**
 * A lock for sections of some ten nanoseconds that never parks, so that virtual threads and the JVM's own may take it.
 *
 * <p>Not re-entrant, not fair. The holder must not block: a virtual thread stays on its carrier while it holds or waits.
 */
public final class SpinLock {

    private final Door door = new Door();

    /** Takes the lock if nobody holds it. */
    public boolean tryLock() {
        return door.tryShut();
    }

    /**
     * Takes the lock if its holder leaves it soon.
     *
     * @param mostWaited in spins, of some ten nanoseconds each; a yield counts for as many as it takes
     */
    public boolean tryLock(int mostWaited) {
        return door.tryShut(mostWaited);
    }

    public void lock() {
        door.shut();
    }

    /** Pairs with the next {@link #lock()}: it sees all that was written under the lock. */
    public void unlock() {
        door.open();
    }
}
