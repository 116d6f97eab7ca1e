// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.concurrent.OwnerThread;
import dev.metalloc.allocators.concurrent.SpinLock;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.ReservedRegion;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Serves few sizes from slabs of equal blocks that belong to threads.
 *
 * <p>Any thread. Each platform thread allocates and frees its own blocks with plain loads and stores; a block freed by
 * another thread is noted in its slab and collected by the owner when it next runs dry. Threads whose platform thread is not
 * known share one heap under a lock. {@link #purge()} reaches the caller's heap, those of dead threads and the pool, not
 * those of other live threads. Use after {@link #close()} is undefined.
 */
/* Implementation notes
 *
 * One reservation cut into equal slabs; slabs[(address - base) >>> slabShift] is the slab of any address.
 *
 * Invariants, besides those of Slab, SlabHeap and SlabPool:
 *   used + free == committed, where used is the sum over slabs of live blocks times block size
 *   allocateCount - liveCount == freeCount (frees are not counted, they are computed)
 */
public final class SlabAllocator implements OffHeapAllocator {

    public static final int DEFAULT_SLAB_BYTES = 64 << 10;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;

    private static final int GRANULE_SHIFT = 4;

    /** Unused tail of a region is never touched; below this many slabs it is not worth to have one. */
    private static final int LEAST_SLABS = 4;

    private final SizeClasses classes;
    private final int largest;
    /** What the fast paths need of region and pool: fewer loads where final fields are not constants. */
    private final long base;

    private final long regionBytes;
    private final int slabShift;
    private final int slabMask;
    private final @Nullable Slab[] slabs;
    private final ReservedRegion region;
    private final SlabPool pool;
    private final SlabHeaps heaps;
    private final SlabHeap sharedHeap;
    private final SpinLock sharedLock = new SpinLock();
    private final AtomicLong refusedFreeCount = new AtomicLong();
    private final AllocatorTraits traits;

    /**
     * @param slabBytes a power of two from a page to 1 MiB, not below the largest class
     * @param regionBytes address space to reserve; less is taken where there is not so much
     */
    public SlabAllocator(ChunkSource source, SizeClasses classes, long slabBytes, long regionBytes) {
        Sizes.requirePowerOfTwo("slabBytes", slabBytes, source.pageByteSize(), SizeClasses.MAX_CLASS_BYTES);
        Sizes.requireRange("slabBytes", slabBytes, classes.largestByteSize(), SizeClasses.MAX_CLASS_BYTES);
        Sizes.requireRange("regionBytes", regionBytes, slabBytes * LEAST_SLABS, 1L << 40);
        this.classes = classes;
        this.largest = classes.largestByteSize();
        this.slabShift = Sizes.log2(slabBytes);
        this.slabMask = (int) slabBytes - 1;
        this.region = ReservedRegion.reserve(source, regionBytes, slabBytes * LEAST_SLABS, slabBytes, slabBytes);
        this.base = region.base();
        this.regionBytes = region.byteSize();
        this.slabs = new Slab[(int) (this.regionBytes >>> slabShift)];
        this.pool = new SlabPool(classes, region, (int) slabBytes, slabs);
        this.heaps = new SlabHeaps(classes, pool, refusedFreeCount);
        this.sharedHeap = new SlabHeap(classes, pool, refusedFreeCount, SlabHeap.SHARED);
        this.traits = traits(classes);
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
                // A free granule of two bytes, and two bits for each of some four granules.
                3,
                true,
                true,
                ThreadModel.THREAD_CACHED);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        if (byteAlignment > MIN_ALIGNMENT || Long.compareUnsigned(byteSize, largest) > 0) {
            return allocateAligned(byteSize, byteAlignment, 0);
        }
        int sizeClass = classes.classOf(byteSize);
        Thread thread = OwnerThread.current();
        if (thread == null) {
            return allocateShared(sizeClass, 0);
        }
        SlabHeap heap = heaps.of(thread);
        long address = heap.pop(sizeClass);
        return address != NULL ? address : heap.allocateSlow(sizeClass, 0);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        if (byteAlignment > MIN_ALIGNMENT || Long.compareUnsigned(byteSize, largest) > 0) {
            return allocateAligned(byteSize, byteAlignment, zeroBytes(byteSize));
        }
        int sizeClass = classes.classOf(byteSize);
        Thread thread = OwnerThread.current();
        if (thread == null) {
            return allocateShared(sizeClass, zeroBytes(byteSize));
        }
        return allocateZeroed(heaps.of(thread), sizeClass, zeroBytes(byteSize));
    }

    private static long allocateZeroed(SlabHeap heap, int sizeClass, int zeroBytes) {
        long address = heap.pop(sizeClass);
        if (address == NULL) {
            return heap.allocateSlow(sizeClass, zeroBytes);
        }
        OffHeapMemory.zeroGranules(address, zeroBytes);
        return address;
    }

    /** Whole granules to zero; sizes that are too large are refused before this is used. */
    private static int zeroBytes(long byteSize) {
        return (int) Math.max(16, Sizes.alignUp(byteSize, 16));
    }

    private long allocateAligned(long byteSize, long byteAlignment, int zeroBytes) {
        if (byteSize < 0 || byteSize > largest || byteAlignment > largest || !Sizes.isPowerOfTwo(byteAlignment)) {
            return NULL;
        }
        int sizeClass = classes.alignedClassOf(Math.max(byteSize, byteAlignment), byteAlignment);
        if (sizeClass < 0) {
            return NULL;
        }
        Thread thread = OwnerThread.current();
        if (thread == null) {
            return allocateShared(sizeClass, zeroBytes);
        }
        return zeroBytes == 0
                ? allocateBlock(heaps.of(thread), sizeClass)
                : allocateZeroed(heaps.of(thread), sizeClass, zeroBytes);
    }

    private static long allocateBlock(SlabHeap heap, int sizeClass) {
        long address = heap.pop(sizeClass);
        return address != NULL ? address : heap.allocateSlow(sizeClass, 0);
    }

    private long allocateShared(int sizeClass, int zeroBytes) {
        sharedLock.lock();
        try {
            return zeroBytes == 0
                    ? allocateBlock(sharedHeap, sizeClass)
                    : allocateZeroed(sharedHeap, sizeClass, zeroBytes);
        } finally {
            sharedLock.unlock();
        }
    }

    @Override
    public FreeOutcome free(long address) {
        long offset = address - base;
        if (Long.compareUnsigned(offset, regionBytes) >= 0 || (offset & (MIN_ALIGNMENT - 1)) != 0) {
            return refused(address);
        }
        Slab slab = slabs[(int) (offset >>> slabShift)];
        Thread thread = OwnerThread.current();
        SlabHeap heap = slab == null ? null : slab.heap();
        if (slab == null || heap == null) {
            return refused(address);
        }
        int granule = ((int) offset & slabMask) >>> GRANULE_SHIFT;
        return thread != null && heap.ownerId() == thread.threadId()
                ? freeOwned(heap, slab, granule)
                : freeElsewhere(thread, heap, slab, granule);
    }

    private FreeOutcome freeOwned(SlabHeap heap, Slab slab, int granule) {
        if (!slab.push(granule)) {
            return refused(slab.address() + ((long) granule << GRANULE_SHIFT));
        }
        heap.afterFree(slab);
        return FreeOutcome.FREED;
    }

    private FreeOutcome freeElsewhere(@Nullable Thread thread, SlabHeap heap, Slab slab, int granule) {
        if (thread == null && heap.ownerId() == SlabHeap.SHARED) {
            return freeShared(slab, granule);
        }
        int noted = slab.freeRemotely(granule);
        if (noted == Slab.REFUSED) {
            return refused(slab.address() + ((long) granule << GRANULE_SHIFT));
        }
        if (noted == Slab.FIRST_NOTED) {
            heap.listRemoteFree(slab);
        }
        return FreeOutcome.FREED;
    }

    private FreeOutcome freeShared(Slab slab, int granule) {
        sharedLock.lock();
        try {
            return freeOwned(sharedHeap, slab, granule);
        } finally {
            sharedLock.unlock();
        }
    }

    /** Counts an address that is no live block's and says what it is. */
    private FreeOutcome refused(long address) {
        refusedFreeCount.incrementAndGet();
        if (!owns(address)) {
            return FreeOutcome.FOREIGN;
        }
        Slab slab = slabAt(address);
        boolean wasBlock = slab != null && slab.isBlockStart((int) (address - base) & slabMask);
        return wasBlock ? FreeOutcome.ALREADY_FREE : FreeOutcome.NOT_A_BLOCK;
    }

    private @Nullable Slab slabAt(long address) {
        return slabs[(int) ((address - base) >>> slabShift)];
    }

    @Override
    public long reallocate(long address, long byteSize) {
        long usable = usableSize(address);
        if (usable < 0 || byteSize < 0 || byteSize > largest) {
            return NULL;
        }
        // Blocks stay where they are until they would be more than half empty.
        if (byteSize <= usable && byteSize > usable / 2) {
            return address;
        }
        long moved = allocate(byteSize, MIN_ALIGNMENT);
        if (moved == NULL) {
            return byteSize <= usable ? address : NULL;
        }
        OffHeapMemory.copy(address, moved, Math.min(usable, byteSize));
        free(address);
        return moved;
    }

    @Override
    public boolean owns(long address) {
        return Long.compareUnsigned(address - base, regionBytes) < 0;
    }

    @Override
    public long usableSize(long address) {
        Slab slab = owns(address) && (address & (MIN_ALIGNMENT - 1)) == 0 ? slabAt(address) : null;
        int granule = ((int) (address - base) & slabMask) >>> GRANULE_SHIFT;
        return slab != null && slab.isLive(granule) ? slab.blockBytes() : -1;
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        long liveCount = 0;
        long usedBytes = 0;
        int usedSlots = pool.usedSlots();
        for (int slot = 0; slot < usedSlots; slot++) {
            Slab slab = slabs[slot];
            if (slab != null) {
                int live = slab.liveCount();
                liveCount += live;
                usedBytes += (long) live * slab.blockBytes();
            }
        }
        long allocateCount = heaps.allocateCount() + sharedHeap.allocateCount();
        long committed = pool.committedBytes();
        return new AllocatorStats(
                allocateCount,
                allocateCount - liveCount,
                refusedFreeCount.get(),
                usedBytes,
                committed - usedBytes,
                0,
                committed,
                pool.peakCommittedBytes(),
                region.byteSize());
    }

    @Override
    public long purge() {
        Thread thread = OwnerThread.current();
        heaps.releaseEmpty(thread == null ? SlabHeap.NO_OWNER : thread.threadId());
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
        AllocatorStats stats = stats();
        if (stats.freeCount() < 0 || stats.freeBytes() < 0) {
            throw new IllegalStateException("slab: broken: live blocks <= allocated blocks, used <= committed");
        }
    }

    @Override
    public void close() {
        region.release();
    }
}
