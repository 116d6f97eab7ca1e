// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The slabs of one thread: it allocates and frees here with plain loads and stores.
 *
 * <p>Owner only, but for {@link #listRemoteFree} and {@link #accept}. The owner is a platform thread, or whoever holds the lock of the shared
 * heap; when the thread is dead the heap passes, slabs and all, to the next new thread.
 */
/* Implementation notes
 *
 * Blocks come from and go to the magazines; these are filled from the current slab of the class, and half of one that is
 * full and may not grow goes back to the slabs. Before memory is taken from the system all of them do, where they hold much, and now and then
 * what dead threads left is looked for; before a request fails it always is.
 *
 * Each slab of the heap is in one state: CURRENT (blocks are taken from it), PARTIAL (in the list of its class), FULL (in
 * no list; the next of its blocks that comes back makes it PARTIAL).
 *
 * Of each class one empty slab may stay as the only PARTIAL one, so that a program that goes up and down around a
 * slab's edge does not go to the pool each time; others go to the pool as soon as they are empty and quiet.
 */
final class SlabHeap extends SlabMagazines {

    /** No thread has this id: they start at 1. */
    static final long NO_OWNER = 0;

    /** The owner id of the heap for threads without one of their own. */
    static final long SHARED = -1;

    private static final WeakReference<Thread> NOBODY = new WeakReference<>(null);

    /** Above this a block zeroed by the system is worth more than a batch. */
    private static final int MOST_BATCH_ZERO_BYTES = 256;

    private final SlabPool pool;
    private final BlockMap map;
    /** Among which dead threads' heaps may be; null where one thread at a time calls. */
    private final @Nullable SlabHeaps heaps;

    private final Slab[] current;
    private final PartialSlabs partial;
    private final int number;
    private final RemoteInbox inbox = new RemoteInbox();
    private final CollectedFrees collected;

    /* Read by any thread without order: only the owner itself ever finds its own id here, since it wrote it. */
    private long ownerId;
    private WeakReference<Thread> owner = NOBODY;
    private final Reclaiming reclaiming = new Reclaiming();
    private final RemoteFreeBatches remoteFrees = new RemoteFreeBatches();
    /** Whether all that was free when the owner died is released. */
    private boolean isLeftReleased;

    /**
     * @param heaps the others', null where there are none
     * @param number tells it from most of the allocator's others
     */
    SlabHeap(
            SizeClasses classes,
            SlabPool pool,
            BlockMap map,
            AtomicLong refusedFreeCount,
            @Nullable SlabHeaps heaps,
            long ownerId,
            int number) {
        super(classes);
        this.heaps = heaps;
        this.number = number;
        this.pool = pool;
        this.map = map;
        collected = new CollectedFrees(this, inbox, pool, map, refusedFreeCount);
        this.ownerId = ownerId;
        current = new Slab[classes.count()];
        partial = new PartialSlabs(classes.count());
        Arrays.fill(current, Slab.NONE);
    }

    long ownerId() {
        return ownerId;
    }

    int number() {
        return number;
    }

    /** Whether the owner is dead; what it wrote is then visible, since its end happens before isAlive answers false. */
    boolean isAbandoned() {
        Thread thread = owner.get();
        return ownerId != SHARED && (thread == null || !thread.isAlive());
    }

    void setOwner(Thread thread) {
        handOverRemoteFrees();
        owner = new WeakReference<>(thread);
        ownerId = thread.threadId();
        isLeftReleased = false;
    }

    /**
     * Whether another thread freed a block of this heap and it was not collected.
     *
     * <p>A plain read: a free that another one happened before sees it.
     */
    boolean mayHaveRemoteFrees() {
        return inbox.mayHaveAny();
    }

    /** A block from wherever there is one, or 0 where memory ran out. */
    long allocateSlow(int sizeClass, int zeroBytes) {
        long address = allocateHere(sizeClass, zeroBytes);
        if (address == 0 && heaps != null && heaps.reclaim(this)) {
            address = allocateHere(sizeClass, zeroBytes);
        }
        if (address != 0) {
            map.set(address);
        }
        return address;
    }

    private long allocateHere(int sizeClass, int zeroBytes) {
        collectRemoteFrees();
        long address = takeCached(sizeClass, zeroBytes);
        if (address == 0) {
            address = takeFromSlab(sizeClass, zeroBytes);
        }
        if (address == 0 && refill(sizeClass)) {
            address = takeFromSlab(sizeClass, zeroBytes);
        }
        return address;
    }

    private long takeCached(int sizeClass, int zeroBytes) {
        long address = pop(sizeClass);
        if (address != 0 && zeroBytes != 0) {
            OffHeapMemory.zeroGranules(address, zeroBytes);
        }
        return address;
    }

    /** Takes a block for the caller, and more for the magazine. */
    private long takeFromSlab(int sizeClass, int zeroBytes) {
        Slab slab = current[sizeClass];
        long address = slab.takeFree();
        if (address == 0) {
            address = slab.takeFresh(zeroBytes);
        } else if (zeroBytes != 0) {
            OffHeapMemory.zeroGranules(address, zeroBytes);
        }
        if (address != 0) {
            countAllocation(sizeClass);
            if (zeroBytes <= MOST_BATCH_ZERO_BYTES) {
                fill(sizeClass, slab);
            }
        }
        return address;
    }

    /** Takes back a block that is not marked any more and for which the magazine has no place. */
    @SlowPath
    void pushSlow(int sizeClass, long address) {
        if (!grow(sizeClass)) {
            flush(sizeClass, half(sizeClass));
        }
        push(sizeClass, address);
    }

    private void flush(int sizeClass, int count) {
        for (int done = 0; done < count; ) {
            Slab slab = pool.slabOf(cached(sizeClass, done + 1));
            done += putBack(sizeClass, done + 1, count - done, slab);
            afterFree(slab);
        }
        dropLowest(sizeClass, count);
    }

    private void flushAll() {
        for (int sizeClass = 0; sizeClass < current.length; sizeClass++) {
            flush(sizeClass, cachedCount(sizeClass));
        }
    }

    /** Makes a slab with room the current one; false where there is none. */
    @SlowPath
    private boolean refill(int sizeClass) {
        Slab dry = current[sizeClass];
        Slab slab = takePartial(sizeClass, false);
        if (slab == null) {
            reclaim();
            slab = pool.takeEmpty(sizeClass, this);
        }
        if (slab == null && heaps != null && heaps.reclaimNowAndThen(this)) {
            slab = pool.takeEmpty(sizeClass, this);
        }
        if (slab == null && pool.grow(dry)) {
            return true;
        }
        if (slab == null) {
            slab = takePartial(sizeClass, true);
        }
        if (slab == null) {
            handOverRemoteFrees();
            slab = pool.take(sizeClass, this);
        }
        return slab != null && makeCurrent(sizeClass, slab, dry);
    }

    private boolean makeCurrent(int sizeClass, Slab slab, Slab dry) {
        slab.state = Slab.CURRENT;
        current[sizeClass] = slab;
        if (dry.hasRoom()) {
            // There is no memory behind it yet.
            partial.link(dry);
        } else if (dry != Slab.NONE) {
            dry.state = Slab.FULL;
        }
        return isReady(slab);
    }

    /** Before more memory is taken: puts back what the magazines hold, if it is much and did some good the last time. */
    @SlowPath
    private void reclaim() {
        long bytes = cachedBytes();
        if (reclaiming.isWorthwhile(bytes)) {
            long before = pool.emptyBytes();
            flushAll();
            reclaiming.done(bytes, pool.emptyBytes() - before);
        }
    }

    /** Whether a block can be taken from the slab, with more memory behind it where it takes that. */
    private boolean isReady(Slab slab) {
        return slab.readyCount() != 0 || pool.grow(slab);
    }

    /** The first slab of the list with a block to take, off the list; with more memory behind it only if that may be taken. */
    private @Nullable Slab takePartial(int sizeClass, boolean mayGrow) {
        Slab slab = partial.first(sizeClass);
        while (slab != null && !(mayGrow ? isReady(slab) : slab.readyCount() != 0)) {
            slab = slab.next;
        }
        if (slab != null) {
            partial.unlink(slab);
        }
        return slab;
    }

    /** After a block of one of this heap's slabs was put back. */
    void afterFree(Slab slab) {
        if (slab.state != Slab.CURRENT) {
            afterFreeElsewhere(slab);
        }
    }

    @SlowPath
    private void afterFreeElsewhere(Slab slab) {
        if (slab.state == Slab.FULL && slab.hasRoom()) {
            partial.link(slab);
        }
        if (slab.state == Slab.PARTIAL && slab.isEmpty() && !PartialSlabs.isOnly(slab)) {
            releaseIfQuiet(slab);
        }
    }

    private void releaseIfQuiet(Slab slab) {
        if (!slab.isQuiet()) {
            return;
        }
        partial.unlink(slab);
        pool.give(slab);
    }

    /**
     * Frees a block of another heap's slab where that takes no more than to write it down; false where nothing was done.
     *
     * @param slab the one the address lies in
     */
    boolean keepBack(SlabHeap other, @Nullable Slab slab, long address) {
        return remoteFrees.keepBack(other, slab, address);
    }

    /** Frees a block of another heap's slab; false where it is refused. */
    boolean freeElsewhere(SlabHeap other, Slab slab, int index) {
        return remoteFrees.free(other, slab, index);
    }

    /** Hands over what this heap's thread freed of other heaps' blocks and kept back until now. */
    void handOverRemoteFrees() {
        remoteFrees.handOver();
    }

    /** Frees of this heap's blocks by other threads, as far as it has collected them. */
    long remoteFreeCount() {
        return collected.count();
    }

    /** Of blocks written down by threads that free others': those by this heap's thread, less those of this heap's that it collected. */
    long keptBackCount() {
        return remoteFrees.count() - collected.batchedCount();
    }

    /** Bytes, in the same way. */
    long keptBackBytes() {
        return remoteFrees.byteSize() - collected.batchedBytes();
    }

    /** Lists a slab whose first uncollected remote free was just noted; any thread. */
    void listRemoteFree(Slab slab) {
        inbox.put(slab);
    }

    /** Takes a batch of addresses of this heap's blocks; any thread. */
    void accept(RemoteFreeBatch batch) {
        inbox.put(batch);
    }

    void collectRemoteFrees() {
        collected.collect();
    }

    /** As {@link #releaseEmpty}, for the heap of a dead thread; where nothing can have come free since the last time it does nothing. */
    void releaseLeft() {
        if (!isLeftReleased || mayHaveRemoteFrees()) {
            releaseEmpty();
            isLeftReleased = true;
        }
    }

    /** Gives every empty slab to the pool; the caller must be the owner, or hold the heap of a dead one. */
    void releaseEmpty() {
        collectRemoteFrees();
        flushAll();
        for (int sizeClass = 0; sizeClass < current.length; sizeClass++) {
            Slab slab = partial.first(sizeClass);
            while (slab != null) {
                Slab next = slab.next;
                releaseIfQuiet(slab);
                slab = next;
            }
            Slab inUse = current[sizeClass];
            if (inUse != Slab.NONE && inUse.isQuiet()) {
                current[sizeClass] = Slab.NONE;
                pool.give(inUse);
            }
        }
    }

    /** Of its arrays, as far as it holds them; any thread. */
    @Override
    long heldBytes() {
        return super.heldBytes() + ArrayBytes.of(current) + partial.heldBytes() + remoteFrees.heldBytes();
    }

    /** Checks that magazines and lists of this heap say what its slabs say. */
    void validate() {
        validateBounds();
        for (int sizeClass = 0; sizeClass < current.length; sizeClass++) {
            for (int place = 1; place <= cachedCount(sizeClass); place++) {
                validateCached(sizeClass, cached(sizeClass, place));
            }
        }
        validateLists();
    }

    private void validateCached(int sizeClass, long address) {
        Slab slab = pool.slabOf(address);
        check(slab.sizeClass() == sizeClass && slab.wasBlock(address), "blocks in a magazine are of its class");
        check(slab.heap() == this, "blocks in a magazine are of the heap's own slabs");
        check(!map.isLive(address), "blocks in a magazine are not live");
    }

    private void validateLists() {
        for (int sizeClass = 0; sizeClass < current.length; sizeClass++) {
            check(current[sizeClass].state == Slab.CURRENT || current[sizeClass] == Slab.NONE, "current state");
            Slab previous = null;
            for (Slab slab = partial.first(sizeClass); slab != null; slab = slab.next) {
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
