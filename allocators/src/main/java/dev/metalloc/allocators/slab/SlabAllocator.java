// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.concurrent.OwnerThread;
import dev.metalloc.allocators.concurrent.SpinLock;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serves few sizes from slabs of equal blocks that belong to threads.
 *
 * <p>Any thread. Each platform thread allocates and frees its own blocks with plain loads and stores; a block freed by
 * another thread is noted for the owner, who collects it when it next runs dry; of such frees of one owner's blocks
 * all but the first are kept back and handed over together, after at most 64. Threads whose platform thread is not
 * known share one heap under a lock. Before a thread takes memory it takes slabs of its class that another one, live or dead, has room in; those of dead threads
 * that are empty serve all classes, before a request fails, and now and then before memory is taken. {@link #purge()} reaches the caller's heap, those of dead threads and the pool, not
 * those of other live threads. Use after {@link #close()} is undefined.
 */
/* Implementation notes
 *
 * The owner's path needs no slab: the map says whether a block is live, one table of which class, another whose it is, and the
 * heap's magazine takes it.
 *
 * Invariants: those of SlabMemory
 */
public final class SlabAllocator extends SlabMemory {

    public static final int DEFAULT_SLAB_BYTES = 64 << 10;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;

    private final SlabHeaps heaps;
    private final SlabHeap sharedHeap;
    private final SpinLock sharedLock = new SpinLock();
    /**
     * @param slabBytes a power of two from a page to 1 MiB, not below the largest class
     * @param regionBytes address space to reserve; less is taken where there is not so much
     */
    public SlabAllocator(ChunkSource source, SizeClasses classes, long slabBytes, long regionBytes) {
        super(source, classes, slabBytes, regionBytes, traits(classes));
        this.heaps = new SlabHeaps(classes, pool, map, refusedFreeCount);
        this.sharedHeap = new SlabHeap(classes, pool, map, refusedFreeCount, heaps, SlabHeap.SHARED, 0);
    }

    public static AllocatorTraits traits(SizeClasses classes) {
        return new AllocatorTraits(
                "slab",
                0,
                classes.largestByteSize(),
                classes.largestAlignment(),
                Set.of(
                        Flag.SMALL,
                        Flag.MEDIUM,
                        Flag.FIXED_SIZE,
                        Flag.FEW_SIZES,
                        Flag.SHORT_LIVED,
                        Flag.LONG_LIVED,
                        Flag.LIFO_FREE,
                        Flag.FIFO_FREE,
                        Flag.RANDOM_FREE,
                        Flag.SINGLE_THREAD,
                        Flag.MANY_THREADS,
                        Flag.VIRTUAL_THREADS,
                        Flag.THREAD_CHURN,
                        Flag.REMOTE_FREE,
                        Flag.PRODUCER_CONSUMER,
                        Flag.ZERO_NEEDED,
                        Flag.BURSTY,
                        Flag.LONG_RUN),
                Set.of(Flag.LARGE, Flag.HUGE),
                200_000,
                // A link of two bytes and a bit, and a byte for each granule.
                6.2,
                true,
                true,
                ThreadModel.THREAD_CACHED);
    }

    @Override
    long allocateBlock(int sizeClass) {
        SlabHeap heap = heaps.ofCaller();
        long address = heap.pop(sizeClass);
        if (address == NULL) {
            return allocateSlow(heap, sizeClass, 0);
        }
        mark(address);
        return address;
    }

    @Override
    long allocateZeroedBlock(int sizeClass, int zeroBytes) {
        SlabHeap heap = heaps.ofCaller();
        long address = heap.pop(sizeClass);
        if (address == NULL) {
            return allocateSlow(heap, sizeClass, zeroBytes);
        }
        mark(address);
        OffHeapMemory.zeroGranules(address, zeroBytes);
        return address;
    }

    /** From where the heap has no block free again, or the thread has no heap. */
    @SlowPath
    private long allocateSlow(SlabHeap heap, int sizeClass, int zeroBytes) {
        if (heap != heaps.nobody()) {
            return heap.allocateSlow(sizeClass, zeroBytes);
        }
        Thread thread = OwnerThread.current();
        return thread == null
                ? allocateShared(sizeClass, zeroBytes)
                : heaps.register(thread).allocateSlow(sizeClass, zeroBytes);
    }

    private long allocateShared(int sizeClass, int zeroBytes) {
        sharedLock.lock();
        try {
            return sharedHeap.allocateSlow(sizeClass, zeroBytes);
        } finally {
            sharedLock.unlock();
        }
    }

    @Override
    public FreeOutcome free(long address) {
        return freeFast(address) ? FreeOutcome.FREED : freeSlow(heaps.ofCaller(), address);
    }

    @Override
    public boolean freeFast(long address) {
        // Not the heap the slab says: that one is known only when the address is, which is often just loaded.
        SlabHeap heap = heaps.ofCaller();
        long offset = address - base;
        if (Long.compareUnsigned(offset, regionBytes) >= 0 || !BlockMap.isAligned(address)) {
            return false;
        }
        int place = (int) (offset >>> slabShift);
        long mark = markAddress(address);
        SlabHeap owner = heapOfSlab[place];
        if (owner != heap) {
            return owner != null && heap.keepBack(owner, slabs[place], address);
        }
        // The map is read last: its bytes are written all the time by the owner of the slab.
        if (heap.mayHaveRemoteFrees() || OffHeapMemory.readByte(mark) != markFor(address)) {
            return false;
        }
        OffHeapMemory.writeByte(mark, (byte) 0);
        push(heap, classOfSlab[place], address);
        return true;
    }

    @SlowPath
    private FreeOutcome freeSlow(SlabHeap heap, long address) {
        Slab slab = owns(address) ? slabAt(address) : null;
        if (slab == null || slab.heap() != heap) {
            return freeElsewhere(heap, slab, address);
        }
        // First what other threads freed before: it may be this very block.
        heap.collectRemoteFrees();
        return freeOwnChecked(heap, slab, address) ? FreeOutcome.FREED : refused(address);
    }

    /** Frees a block of the heap's own slab, unless another thread did; false where it is refused. */
    private boolean freeOwnChecked(SlabHeap heap, Slab slab, long address) {
        int index = slab.indexOf(address);
        if (index < 0 || !slab.isLive(index)) {
            return false;
        }
        map.clear(address);
        push(heap, slab.sizeClass(), address);
        return true;
    }

    /** Frees a block of a slab, if there is one, that is not of the caller's heap. */
    private FreeOutcome freeElsewhere(SlabHeap caller, @Nullable Slab slab, long address) {
        SlabHeap owner = slab == null ? null : slab.heap();
        int index = slab == null ? -1 : slab.indexOf(address);
        if (slab == null || owner == null || index < 0) {
            return refused(address);
        }
        boolean isFreed = caller != heaps.nobody()
                ? caller.freeElsewhere(owner, slab, index)
                : freeWithoutHeap(owner, slab, index);
        return isFreed ? FreeOutcome.FREED : refused(address);
    }

    private boolean freeWithoutHeap(SlabHeap owner, Slab slab, int index) {
        Thread thread = OwnerThread.current();
        if (thread != null) {
            return heaps.register(thread).freeElsewhere(owner, slab, index);
        }
        if (owner == sharedHeap) {
            return freeShared(slab, slab.addressOf(index));
        }
        boolean isFreed = slab.freeRemotely(index >>> 6, 1L << index) == 0;
        slab.announce(isFreed ? 1 : 0);
        return isFreed;
    }

    private boolean freeShared(Slab slab, long address) {
        sharedLock.lock();
        try {
            sharedHeap.collectRemoteFrees();
            return freeOwnChecked(sharedHeap, slab, address);
        } finally {
            sharedLock.unlock();
        }
    }

    @Override
    public AllocatorStats stats() {
        settleRemoteFrees(heaps.ofCaller());
        long allocateCount = heaps.allocateCount() + sharedHeap.allocateCount();
        long keptBackCount = heaps.keptBackCount() + sharedHeap.keptBackCount();
        long keptBackBytes = heaps.keptBackBytes() + sharedHeap.keptBackBytes();
        long liveCount = pool.outCount() - keptBackCount - heaps.cachedCount() - sharedHeap.cachedCount();
        long usedBytes = pool.outBytes() - keptBackBytes - heaps.cachedBytes() - sharedHeap.cachedBytes();
        return stats(allocateCount, liveCount, usedBytes, heaps.heldBytes() + sharedHeap.heldBytes());
    }

    /** Judges the frees of other threads, as far as the caller may. */
    private void settleRemoteFrees(SlabHeap caller) {
        heaps.settleRemoteFrees(caller);
        sharedLock.lock();
        try {
            sharedHeap.collectRemoteFrees();
        } finally {
            sharedLock.unlock();
        }
    }

    @Override
    public long remoteFreeCount() {
        return heaps.remoteFreeCount();
    }

    @Override
    public long purge() {
        SlabHeap caller = heaps.ofCaller();
        settleRemoteFrees(caller);
        heaps.releaseEmpty(caller);
        sharedLock.lock();
        try {
            sharedHeap.releaseEmpty();
        } finally {
            sharedLock.unlock();
        }
        return pool.purge();
    }

    /** Heaps made so far: no more than threads were alive at one time. */
    int heapCount() {
        return heaps.count();
    }

    @Override
    public void validate() {
        pool.validate();
        heaps.validate();
        sharedLock.lock();
        try {
            sharedHeap.validate();
        } finally {
            sharedLock.unlock();
        }
        validateMap(heaps.cachedCount() + sharedHeap.cachedCount());
    }
}
