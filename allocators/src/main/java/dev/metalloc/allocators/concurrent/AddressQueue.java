// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A bounded queue of addresses, never 0, that any thread puts in and one at a time takes out.
 *
 * <p>What was written before an address was put in is seen by whoever takes it out. Source: Vyukov, Bounded MPMC queue, with one taker.
 */
/* Implementation notes
 *
 * A place is claimed by counting tail up, then filled: one that is claimed and still empty ends what can be taken. A taker empties places
 * before it sets head to what it took, so that a place below head + capacity is empty.
 *
 * Invariants: head <= taken <= tail <= head + capacity
 */
final class AddressQueue {

    static final int CAPACITY = 512;

    static final long HELD_BYTES = (long) CAPACITY * Long.BYTES;

    private static final long NONE = 0;

    private final AtomicLongArray places = new AtomicLongArray(CAPACITY);
    private final AtomicLong head = new AtomicLong();
    private final AtomicLong tail = new AtomicLong();
    /** By the one who takes. */
    private long taken;

    /** Puts an address in; false where there is no room. */
    boolean offer(long address) {
        long place = tail.get();
        while (place - head.getAcquire() < CAPACITY) {
            if (tail.weakCompareAndSetVolatile(place, place + 1)) {
                places.setRelease(indexOf(place), address);
                return true;
            }
            place = tail.get();
        }
        return false;
    }

    /** Takes the address that was put in first; 0 where there is none. To others there is room for more after {@link #publish}. */
    long poll() {
        long address = places.getAcquire(indexOf(taken));
        if (address != NONE) {
            places.setPlain(indexOf(taken), NONE);
            taken++;
        }
        return address;
    }

    /** Gives the places of what was taken back to those who put in: one at a time would have both sides wait for the same line. */
    void publish() {
        head.setRelease(taken);
    }

    private static int indexOf(long place) {
        return (int) place & (CAPACITY - 1);
    }
}
