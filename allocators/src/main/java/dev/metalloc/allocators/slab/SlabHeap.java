// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.lang.ref.WeakReference;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The slabs of one thread: it allocates and frees here with plain loads and stores.
 *
 * <p>Owner only, but for {@link #listRemoteFree}, {@link #accept} and {@link #giveSpare}. The owner is a platform thread, or whoever holds the lock of the shared
 * heap; when the thread is dead the heap passes, slabs and all, to the next new thread.
 */
/* Implementation notes
 *
 * Blocks come from and go to the magazines; these are filled from the current slab of the class, and half of one that is
 * full and may not grow goes back to the slabs. Before memory is taken from the system all of them do, where they hold much, then what other heaps
 * have to spare is taken, and now and then what dead threads left is looked for; before a request fails it always is.
 *
 * Stacks and batches are the owner's alone. The slabs, and what others freed, are under the lock: it is taken where blocks are moved many at a time,
 * and by a thread that would take memory while this heap has slabs to spare, whose owner may not run for a while. So slabs change
 * hands with blocks that are live, or in a stack. A block of a stack then goes back as one that another thread frees. One that the former owner
 * frees, not knowing better, comes into its stack, where it is as good as any. Who holds a heap's lock takes that of another only if nobody has it,
 * or leaves its own while it waits; but for dead threads' heaps, whose locks are held by who waits for none.
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

    private final int classCount;
    private final HeapLock lock;
    /** Guarded by the lock. */
    private final HeapSlabs slabs;

    private final int number;
    private final RemoteInbox inbox = new RemoteInbox();
    /** Guarded by the lock. */
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
        this.ownerId = ownerId;
        lock = new HeapLock(heaps != null);
        classCount = classes.count();
        slabs = new HeapSlabs(this, pool, classCount);
        collected = new CollectedFrees(this, slabs, inbox, pool, map, refusedFreeCount);
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
        lock.lock();
        try {
            return allocateLocked(sizeClass, zeroBytes);
        } finally {
            lock.unlock();
        }
    }

    private long allocateLocked(int sizeClass, int zeroBytes) {
        collected.collect(true);
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
        Slab slab = slabs.current(sizeClass);
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
        lock.lock();
        try {
            pushLocked(sizeClass, address);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #pushSlow}, by who has the lock. */
    void pushLocked(int sizeClass, long address) {
        if (!grow(sizeClass)) {
            flush(sizeClass, half(sizeClass));
        }
        push(sizeClass, address);
    }

    private void flush(int sizeClass, int count) {
        for (int done = 0; done < count; ) {
            long address = cached(sizeClass, done + 1);
            Slab slab = pool.slabOf(address);
            if (slab.heap() == this) {
                done += putBack(sizeClass, done + 1, count - done, slab);
                slabs.afterFree(slab);
            } else {
                freePassedOn(slab, address);
                done++;
            }
        }
        dropLowest(sizeClass, count);
    }

    /** Frees a block that was in a stack when another heap took over its slab. */
    private void freePassedOn(Slab slab, long address) {
        map.set(address);
        slab.freeFromOutside(slab.indexOf(address));
    }

    private void flushAll() {
        for (int sizeClass = 0; sizeClass < classCount; sizeClass++) {
            flush(sizeClass, cachedCount(sizeClass));
        }
    }

    /** Makes a slab with room the current one; false where there is none. */
    @SlowPath
    private boolean refill(int sizeClass) {
        Slab slab = slabs.takePartial(sizeClass, false);
        if (slab == null) {
            reclaim();
            slab = pool.takeEmpty(sizeClass, this);
        }
        if (slab == null && heaps != null) {
            slab = takeFromOthers(heaps, sizeClass);
        }
        if (slab == null && pool.grow(slabs.current(sizeClass))) {
            return true;
        }
        if (slab == null) {
            slab = slabs.takePartial(sizeClass, true);
        }
        if (slab == null) {
            handOverRemoteFrees();
            slab = pool.take(sizeClass, this);
        }
        return slab != null && slabs.makeCurrent(sizeClass, slab);
    }

    /** A slab that another heap has to spare, or that dead threads left. */
    private @Nullable Slab takeFromOthers(SlabHeaps heaps, int sizeClass) {
        if (heaps.takeSpare(this, sizeClass)) {
            return slabs.takePartial(sizeClass, false);
        }
        return heaps.reclaimNowAndThen(this) ? pool.takeEmpty(sizeClass, this) : null;
    }

    /** Gives a slab that this heap can spare to another, by the thread that has the other's lock; false where there is none, or the lock is not left soon. */
    boolean giveSpare(int sizeClass, SlabHeap taker) {
        if (!(slabs.mayHaveSpare(sizeClass) || mayHaveRemoteFrees()) || !taker.lock.takeToo(lock)) {
            return false;
        }
        try {
            collected.collect(false);
            return slabs.giveSpare(sizeClass, taker.slabs);
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            collected.collect(true);
        } finally {
            lock.unlock();
        }
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
        lock.lock();
        try {
            collected.collect(true);
            flushAll();
            slabs.releaseEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Of its arrays, as far as it holds them; any thread. */
    @Override
    long heldBytes() {
        return super.heldBytes() + slabs.heldBytes() + remoteFrees.heldBytes();
    }

    /** Checks that magazines and lists of this heap say what slabs say. */
    void validate() {
        validateBounds();
        for (int sizeClass = 0; sizeClass < classCount; sizeClass++) {
            for (int place = 1; place <= cachedCount(sizeClass); place++) {
                validateCached(sizeClass, cached(sizeClass, place));
            }
        }
        lock.lock();
        try {
            slabs.validate();
        } finally {
            lock.unlock();
        }
    }

    private void validateCached(int sizeClass, long address) {
        Slab slab = pool.slabOf(address);
        check(slab.sizeClass() == sizeClass && slab.wasBlock(address), "blocks in a magazine are of its class");
        check(!map.isLive(address), "blocks in a magazine are not live");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("slab heap: broken: " + equation);
        }
    }
}
