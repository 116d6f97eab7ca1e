// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import org.jspecify.annotations.Nullable;

/** One of the parts of a striped allocator: a confined allocator, its lock, and blocks that others left to be freed. */
/* Implementation notes
 *
 * Whoever frees a block while another thread is inside, or has the part to itself, does not wait: it leaves the address in a queue, which the
 * next allocation or statistics empties. A large block is not left there, nor what is no live block: both are done under the lock, so that
 * memory is not held back and a free of what does not live is refused at once. Whether a block is live, and its size, does not change while
 * its owner has not freed it, so it is read without the lock.
 *
 * What is left looks live until the queue is emptied. So of a block that is left, and freed again from outside or by whoever is inside, both
 * frees are answered as obeyed. The later one to be carried out is refused, and counted, unless the block was handed out in between: that
 * one then ends the new block, as a free that comes late does.
 */
final class Stripe {

    /** Larger blocks wait for the lock: a queue of them would hold back too much. */
    private static final long MOST_LEFT_BYTES = 32 << 10;

    /** So often a lock has to be waited for before a thread goes elsewhere the first time … */
    static final int FIRST_WAITS = 8;
    /** … and 2^3 times as often each further time: who goes leaves blocks behind, whose frees others then wait for. */
    private static final int FURTHER_SHIFT = 3;

    private static final int MOST_WAITS = 1 << 20;

    /** Waits further apart than that count for nothing: that seldom they cost nothing, and may be for who only reads statistics. */
    static final long CROWDED_NANOS = 100_000_000;

    /** Few enough that little is left meanwhile, enough that lines do not go to and fro between threads each time. */
    private static final int ALLOCATIONS_BETWEEN_LOOKS = 32;

    final OffHeapAllocator allocator;
    final BiasedLock lock;
    /* Written without order: lost counts do no harm. */
    private int waitsLeft = FIRST_WAITS;
    private int nextWaits = FIRST_WAITS;
    private long lastWaitNanos = System.nanoTime();

    private int allocationsToLook;
    /* Set once, under its own lock. */
    private volatile @Nullable AddressQueue left;
    private final SpinLock making = new SpinLock();

    Stripe(OffHeapAllocator allocator) {
        this(allocator, new BiasedLock());
    }

    Stripe(OffHeapAllocator allocator, BiasedLock lock) {
        this.allocator = allocator;
        this.lock = lock;
    }

    /** Of the queue for what others leave, if there is one. */
    long heldBytes() {
        return left == null ? 0 : AddressQueue.HELD_BYTES;
    }

    /** Takes the lock, and frees what others left. */
    Door enter() {
        Door door = lock.lock();
        takeLeft();
        return door;
    }

    /** To be called at each allocation, under the lock: now and then what others left is freed. */
    void lookForLeft() {
        if (left != null && --allocationsToLook < 0) {
            allocationsToLook = ALLOCATIONS_BETWEEN_LOOKS;
            takeLeft();
        }
    }

    private void takeLeft() {
        AddressQueue queue = left;
        if (queue != null) {
            freeAll(queue);
        }
    }

    private void freeAll(AddressQueue queue) {
        long address = queue.poll();
        if (address == OffHeapAllocator.NULL) {
            return;
        }
        do {
            allocator.free(address);
            address = queue.poll();
        } while (address != OffHeapAllocator.NULL);
        queue.publish();
    }

    /** Frees a block, or leaves it for whoever is inside. */
    FreeOutcome free(long address) {
        Door door = lock.tryVisit();
        if (door == null) {
            return freeFromOutside(address);
        }
        try {
            return allocator.free(address);
        } finally {
            door.open();
        }
    }

    /** Frees a block while another thread is inside. */
    FreeOutcome freeFromOutside(long address) {
        if (mayBeLeft(address)) {
            AddressQueue queue = queue();
            if (queue != null && queue.offer(address)) {
                return FreeOutcome.FREED;
            }
        }
        Door door = enter();
        try {
            return allocator.free(address);
        } finally {
            door.open();
        }
    }

    private boolean mayBeLeft(long address) {
        if (!allocator.owns(address)) {
            return false;
        }
        long byteSize = allocator.usableSize(address);
        return byteSize >= 0 && byteSize <= MOST_LEFT_BYTES;
    }

    private @Nullable AddressQueue queue() {
        AddressQueue known = left;
        return known == null ? makeQueue() : known;
    }

    private @Nullable AddressQueue makeQueue() {
        making.lock();
        try {
            if (left == null) {
                left = new AddressQueue();
            }
            return left;
        } catch (OutOfMemoryError | StackOverflowError e) {
            // The heap is the application's: without a queue threads wait.
            return null;
        } finally {
            making.unlock();
        }
    }

    /** Under the lock. */
    long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        return zeroed ? allocator.allocateZeroed(byteSize, byteAlignment) : allocator.allocate(byteSize, byteAlignment);
    }

    /**
     * Counts that a thread finds the lock taken, and answers whether it had better go elsewhere.
     *
     * @param nanos the time, as {@link System#nanoTime} has it
     */
    boolean isCrowded(long nanos) {
        if (nanos - lastWaitNanos > CROWDED_NANOS) {
            waitsLeft = nextWaits;
        }
        lastWaitNanos = nanos;
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
