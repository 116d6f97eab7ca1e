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
 * another thread is noted in its slab and collected by the owner when it next runs dry; of a run of such frees from one slab
 * all but the first are kept back and handed over together, after at most 64. Threads whose platform thread is not
 * known share one heap under a lock. {@link #purge()} reaches the caller's heap, those of dead threads and the pool, not
 * those of other live threads. Use after {@link #close()} is undefined.
 */
/* Implementation notes
 *
 * One reservation cut into equal slabs; slabs[(address - base) >>> slabShift] is the slab of any address. The owner's path needs
 * none of it: the map says whether a block is live and of which class, heapOfSlab whose it is, and the heap's magazine takes it.
 *
 * Invariants, besides those of Slab, SlabHeap and SlabPool:
 *   live blocks + blocks in magazines == blocks out of their slabs
 *   used + free == committed, where used is the sum over slabs of live blocks times block size
 *   allocateCount - liveCount == freeCount (frees are not counted, they are computed)
 */
public final class SlabAllocator implements OffHeapAllocator {

    public static final int DEFAULT_SLAB_BYTES = 64 << 10;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;

    /** Unused tail of a region is never touched; below this many slabs it is not worth to have one. */
    private static final int LEAST_SLABS = 4;

    private final SizeClasses classes;
    private final int largest;
    /** What the fast paths need of region, pool and map: fewer loads where final fields are not constants. */
    private final long base;

    private final long granules;
    private final int granuleShift;
    /** Granules of a slab, as a power of two. */
    private final int slabGranulesShift;

    private final long mapAddress;
    private final @Nullable SlabHeap[] heapOfSlab;

    private final long regionBytes;
    private final int slabShift;
    private final @Nullable Slab[] slabs;
    private final ReservedRegion region;
    private final BlockMap map;
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
        this.region = ReservedRegion.reserve(
                source,
                Sizes.alignUp(regionBytes, slabBytes),
                slabBytes * LEAST_SLABS,
                slabBytes,
                source.pageByteSize());
        this.base = region.base();
        this.regionBytes = region.byteSize();
        this.slabs = new Slab[(int) (this.regionBytes >>> slabShift)];
        this.heapOfSlab = new SlabHeap[slabs.length];
        this.map = BlockMap.of(classes, slabBytes, base, this.regionBytes);
        this.granuleShift = map.granuleShift();
        this.granules = Math.min(map.granules(), this.regionBytes >>> granuleShift);
        this.slabGranulesShift = slabShift - granuleShift;
        this.mapAddress = map.address();
        this.pool = new SlabPool(classes, region, (int) slabBytes, map, slabs, heapOfSlab);
        this.heaps = new SlabHeaps(classes, pool, map, refusedFreeCount);
        this.sharedHeap = new SlabHeap(classes, pool, map, refusedFreeCount, SlabHeap.SHARED);
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
                // A link of two bytes and a bit, and a byte for each granule.
                6.2,
                true,
                true,
                ThreadModel.THREAD_CACHED);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        if (byteAlignment > MIN_ALIGNMENT || Long.compareUnsigned(byteSize, largest) > 0) {
            return allocateAligned(byteSize, byteAlignment, 0);
        }
        return allocateBlock(classes.classOf(byteSize));
    }

    private long allocateBlock(int sizeClass) {
        SlabHeap heap = heaps.ofCaller();
        long address = heap.pop(sizeClass);
        if (address == NULL) {
            return allocateSlow(heap, sizeClass, 0);
        }
        mark(address, sizeClass);
        return address;
    }

    private void mark(long address, int sizeClass) {
        int granule = (int) ((address - base) >>> granuleShift);
        OffHeapMemory.writeByte(mapAddress + Integer.toUnsignedLong(granule), (byte) (sizeClass + 1));
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        if (byteAlignment > MIN_ALIGNMENT || Long.compareUnsigned(byteSize, largest) > 0) {
            return allocateAligned(byteSize, byteAlignment, zeroBytes(byteSize));
        }
        return allocateZeroedBlock(classes.classOf(byteSize), zeroBytes(byteSize));
    }

    private long allocateZeroedBlock(int sizeClass, int zeroBytes) {
        SlabHeap heap = heaps.ofCaller();
        long address = heap.pop(sizeClass);
        if (address == NULL) {
            return allocateSlow(heap, sizeClass, zeroBytes);
        }
        mark(address, sizeClass);
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
        return zeroBytes == 0 ? allocateBlock(sizeClass) : allocateZeroedBlock(sizeClass, zeroBytes);
    }

    /** From where the heap has no block free again, or the thread has no heap. */
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
        // Not the heap the slab says: that one is known only when the address is, which is often just loaded.
        SlabHeap heap = heaps.ofCaller();
        // Bits below the granule come out on top.
        long granule = Long.rotateRight(address - base, granuleShift);
        // The map is read last: its bytes are written all the time by the owner of the slab.
        if (Long.compareUnsigned(granule, granules) < 0
                && heapOfSlab[(int) (granule >>> slabGranulesShift)] == heap
                && !heap.mayHaveRemoteFrees()) {
            return freeOwn(heap, (int) granule, address);
        }
        return freeSlow(heap, address);
    }

    private FreeOutcome freeOwn(SlabHeap heap, int granule, long address) {
        long place = mapAddress + Integer.toUnsignedLong(granule);
        int mark = OffHeapMemory.readByte(place);
        if (mark == 0) {
            return refused(address);
        }
        OffHeapMemory.writeByte(place, (byte) 0);
        push(heap, mark - 1, address);
        return FreeOutcome.FREED;
    }

    private static void push(SlabHeap heap, int sizeClass, long address) {
        if (!heap.push(sizeClass, address)) {
            heap.pushSlow(sizeClass, address);
        }
    }

    private FreeOutcome freeSlow(SlabHeap heap, long address) {
        Slab slab = owns(address) ? slabAt(address) : null;
        if (slab == null || slab.heap() != heap) {
            return freeElsewhere(heap, slab, address);
        }
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
        boolean isFreed =
                caller != heaps.nobody() ? caller.freeElsewhere(slab, index) : freeWithoutHeap(owner, slab, index);
        return isFreed ? FreeOutcome.FREED : refused(address);
    }

    private boolean freeWithoutHeap(SlabHeap owner, Slab slab, int index) {
        Thread thread = OwnerThread.current();
        if (thread != null) {
            return heaps.register(thread).freeElsewhere(slab, index);
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
            return freeOwnChecked(sharedHeap, slab, address);
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
        boolean wasBlock = slab != null && slab.wasBlock(address);
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
        Slab slab = owns(address) ? slabAt(address) : null;
        int index = slab == null ? -1 : slab.indexOf(address);
        return slab != null && index >= 0 && slab.isLive(index) ? slab.blockBytes() : -1;
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        heaps.handOverRemoteFrees(heaps.ofCaller());
        long allocateCount = heaps.allocateCount() + sharedHeap.allocateCount();
        long liveCount = -heaps.keptBackCount() - heaps.cachedCount() - sharedHeap.cachedCount();
        long usedBytes = -heaps.keptBackBytes() - heaps.cachedBytes() - sharedHeap.cachedBytes();
        int usedSlots = pool.usedSlots();
        for (int slot = 0; slot < usedSlots; slot++) {
            Slab slab = slabs[slot];
            if (slab != null) {
                int out = slab.outCount();
                liveCount += out;
                usedBytes += (long) out * slab.blockBytes();
            }
        }
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
    public long remoteFreeCount() {
        return heaps.remoteFreeCount();
    }

    @Override
    public long purge() {
        SlabHeap caller = heaps.ofCaller();
        heaps.handOverRemoteFrees(caller);
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
        validateMap();
        AllocatorStats stats = stats();
        if (stats.freeCount() < 0 || stats.freeBytes() < 0) {
            throw new IllegalStateException("slab: broken: live blocks <= allocated blocks, used <= committed");
        }
    }

    /** Blocks the map says are live are out of their slabs and in no magazine; those that other threads freed included. */
    private void validateMap() {
        long blocks = -heaps.cachedCount() - sharedHeap.cachedCount();
        for (int slot = 0; slot < pool.usedSlots(); slot++) {
            Slab slab = slabs[slot];
            blocks += slab == null ? 0 : slab.takenCount() - slab.liveCount();
        }
        if (blocks != 0) {
            throw new IllegalStateException("slab: broken: live blocks + blocks in magazines == blocks out");
        }
    }

    @Override
    public void close() {
        map.release();
        region.release();
    }
}
