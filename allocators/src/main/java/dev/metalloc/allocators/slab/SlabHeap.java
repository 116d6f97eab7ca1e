// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The slabs of one thread: it allocates and frees here with plain loads and stores.
 *
 * <p>Owner only, but for {@link #listRemoteFree}. The owner is a platform thread, or whoever holds the lock of the shared
 * heap; when the thread is dead the heap passes, slabs and all, to the next new thread.
 */
/* Implementation notes
 *
 * Each slab of the heap is in one state: CURRENT (blocks are taken from it), PARTIAL (in the list of its class), FULL (in
 * no list; the next free of one of its blocks makes it PARTIAL).
 *
 * Of each class one empty slab may stay as the only PARTIAL one, so that a program that goes up and down around a
 * slab's edge does not go to the pool each time; others go to the pool as soon as they are empty and quiet.
 */
final class SlabHeap {

    /** No thread has this id: they start at 1. */
    static final long NO_OWNER = 0;

    /** The owner id of the heap for threads without one of their own. */
    static final long SHARED = -1;

    private static final WeakReference<Thread> NOBODY = new WeakReference<>(null);

    private final SlabPool pool;
    private final Slab[] current;
    private final @Nullable Slab[] partial;
    private final AtomicReference<@Nullable Slab> withRemoteFrees = new AtomicReference<>();
    private final AtomicLong refusedFreeCount;

    /* Read by any thread without order: only the owner itself ever finds its own id here, since it wrote it. */
    private long ownerId;
    private WeakReference<Thread> owner = NOBODY;
    /** The slab made current last: a free looks here first. */
    private Slab recent = Slab.NONE;

    private final RemoteFreeRun remoteFrees = new RemoteFreeRun();

    SlabHeap(SizeClasses classes, SlabPool pool, AtomicLong refusedFreeCount, long ownerId) {
        this.pool = pool;
        this.refusedFreeCount = refusedFreeCount;
        this.ownerId = ownerId;
        current = new Slab[classes.count()];
        partial = new Slab[classes.count()];
        Arrays.fill(current, Slab.NONE);
    }

    long ownerId() {
        return ownerId;
    }

    /** Whether the owner is dead; what it wrote is then visible, since its end happens before isAlive answers false. */
    boolean isAbandoned() {
        Thread thread = owner.get();
        return ownerId != SHARED && (thread == null || !thread.isAlive());
    }

    void setOwner(Thread thread) {
        handOverRemoteFrees();
        remoteFrees.forget();
        owner = new WeakReference<>(thread);
        ownerId = thread.threadId();
    }

    Slab recent() {
        return recent;
    }

    /** A block freed before, or 0. */
    long pop(int sizeClass) {
        return current[sizeClass].pop();
    }

    /** A block from wherever there is one, or 0 where memory ran out. */
    long allocateSlow(int sizeClass, int zeroBytes) {
        long address = take(sizeClass, zeroBytes);
        return address != 0 || !refill(sizeClass) ? address : take(sizeClass, zeroBytes);
    }

    private long take(int sizeClass, int zeroBytes) {
        Slab slab = current[sizeClass];
        long address = slab.pop();
        if (address == 0) {
            return slab.popFresh(zeroBytes);
        }
        if (zeroBytes != 0) {
            OffHeapMemory.zeroGranules(address, zeroBytes);
        }
        return address;
    }

    /** Makes a slab with room the current one; false where there is none. */
    private boolean refill(int sizeClass) {
        collectRemoteFrees();
        Slab dry = current[sizeClass];
        if (dry.hasRoom()) {
            return true;
        }
        Slab slab = partial[sizeClass];
        if (slab != null) {
            unlink(slab);
        } else {
            handOverRemoteFrees();
            slab = pool.take(sizeClass, this);
            if (slab == null) {
                return false;
            }
        }
        if (dry != Slab.NONE) {
            dry.state = Slab.FULL;
        }
        slab.state = Slab.CURRENT;
        current[sizeClass] = slab;
        recent = slab;
        return true;
    }

    /** After a block of one of this heap's slabs was pushed back. */
    void afterFree(Slab slab) {
        if (slab.state != Slab.CURRENT) {
            afterFreeElsewhere(slab);
        }
    }

    private void afterFreeElsewhere(Slab slab) {
        if (slab.state == Slab.FULL && slab.hasRoom()) {
            link(slab);
        }
        if (slab.state == Slab.PARTIAL && slab.isEmpty() && !isOnlyPartial(slab)) {
            releaseIfQuiet(slab);
        }
    }

    private boolean isOnlyPartial(Slab slab) {
        return slab.previous == null && slab.next == null;
    }

    private long releaseIfQuiet(Slab slab) {
        if (!slab.isQuiet()) {
            return 0;
        }
        unlink(slab);
        give(slab);
        return 1;
    }

    private void give(Slab slab) {
        if (recent == slab) {
            recent = Slab.NONE;
        }
        pool.give(slab);
    }

    private void link(Slab slab) {
        Slab head = partial[slab.sizeClass()];
        slab.next = head;
        slab.previous = null;
        if (head != null) {
            head.previous = slab;
        }
        partial[slab.sizeClass()] = slab;
        slab.state = Slab.PARTIAL;
    }

    private void unlink(Slab slab) {
        Slab next = slab.next;
        Slab previous = slab.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            partial[slab.sizeClass()] = next;
        }
        slab.next = null;
        slab.previous = null;
    }

    /** Frees a block of another heap's slab; false where it is refused. */
    boolean freeElsewhere(Slab slab, int index) {
        if (remoteFrees.mustHandOverBefore(slab)) {
            handOverRemoteFrees();
        }
        return remoteFrees.free(slab, index);
    }

    /** Hands over what this heap's thread freed of other heaps' blocks and kept back until now. */
    void handOverRemoteFrees() {
        if (remoteFrees.count() != 0) {
            countRefused(remoteFrees.handOver());
        }
    }

    private void countRefused(int refused) {
        if (refused != 0) {
            refusedFreeCount.addAndGet(refused);
        }
    }

    int keptBackCount() {
        return remoteFrees.count();
    }

    long keptBackBytes() {
        return remoteFrees.byteSize();
    }

    /** Lists a slab whose first uncollected remote free was just noted; any thread. Pairs with the owner's exchange. */
    void listRemoteFree(Slab slab) {
        Slab head;
        do {
            head = withRemoteFrees.get();
            slab.setNextWithRemoteFrees(head);
        } while (!withRemoteFrees.compareAndSet(head, slab));
    }

    private void collectRemoteFrees() {
        if (withRemoteFrees.get() == null) {
            return;
        }
        Slab slab = withRemoteFrees.getAndSet(null);
        while (slab != null) {
            // Once collected it may be listed again by another thread, which then owns the link.
            Slab next = slab.nextWithRemoteFrees();
            countRefused(slab.collectRemoteFrees());
            afterFree(slab);
            slab = next;
        }
    }

    /** Gives every empty slab to the pool; the caller must be the owner, or hold the heap of a dead one. */
    void releaseEmpty() {
        collectRemoteFrees();
        for (int sizeClass = 0; sizeClass < current.length; sizeClass++) {
            Slab slab = partial[sizeClass];
            while (slab != null) {
                Slab next = slab.next;
                releaseIfQuiet(slab);
                slab = next;
            }
            Slab inUse = current[sizeClass];
            if (inUse != Slab.NONE && inUse.isQuiet()) {
                current[sizeClass] = Slab.NONE;
                give(inUse);
            }
        }
    }

    /** Checks that the lists of this heap say what its slabs say. */
    void validate() {
        for (int sizeClass = 0; sizeClass < current.length; sizeClass++) {
            check(current[sizeClass].state == Slab.CURRENT || current[sizeClass] == Slab.NONE, "current state");
            Slab previous = null;
            for (Slab slab = partial[sizeClass]; slab != null; slab = slab.next) {
                check(slab.state == Slab.PARTIAL && slab.hasRoom(), "a listed slab is partial and has room");
                check(slab.heap() == this && slab.previous == previous, "links agree both ways");
                previous = slab;
            }
        }
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("slab heap: broken: " + equation);
        }
    }
}
