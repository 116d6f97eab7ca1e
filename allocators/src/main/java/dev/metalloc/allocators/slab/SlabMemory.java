// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.ReservedRegion;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A region cut into slabs, and what allocators over it do alike, whoever may call them.
 *
 * <p>Threads: as the allocator.
 */
/* Implementation notes
 *
 * One reservation cut into equal slabs; slabs[(address - base) >>> slabShift] is the slab of any address.
 *
 * Invariants, besides those of Slab, SlabHeap and SlabPool:
 *   live blocks + blocks in magazines == blocks out of their slabs
 *   used + free == committed, where used is the sum over slabs of live blocks times block size
 *   allocateCount - liveCount == freeCount (frees are not counted, they are computed)
 */
abstract class SlabMemory implements OffHeapAllocator {

    /** Unused tail of a region is never touched; below this many slabs it is not worth to have one. */
    private static final int LEAST_SLABS = 4;

    final SizeClasses classes;
    final int largest;
    /** What the fast paths need of region, pool and map: fewer loads where final fields are not constants. */
    final long base;

    private final int granuleShift;
    private final int unitsMask;
    /** Where the byte of granule 0 would lie, were the granules counted from address 0. */
    private final long mapOrigin;

    final @Nullable SlabHeap[] heapOfSlab;
    /** Class of each slab that has a heap: known sooner than the map's byte, which was often just written. */
    final byte[] classOfSlab;

    final int slabShift;
    final BlockMap map;
    final SlabPool pool;
    final AtomicLong refusedFreeCount = new AtomicLong();

    final long regionBytes;
    /** Bytes of the region that the map speaks of: all, or none where there was no memory for it. */
    final long mappedBytes;

    final @Nullable Slab[] slabs;
    private final ReservedRegion region;
    private final AllocatorTraits traits;

    /**
     * @param slabBytes a power of two from a page to 1 MiB, not below the largest class
     * @param regionBytes address space to reserve; less is taken where there is not so much
     */
    SlabMemory(ChunkSource source, SizeClasses classes, long slabBytes, long regionBytes, AllocatorTraits traits) {
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
        this.classOfSlab = new byte[slabs.length];
        this.map = BlockMap.of(classes, slabBytes, base, this.regionBytes);
        this.granuleShift = map.granuleShift();
        this.unitsMask = map.unitsMask();
        this.mappedBytes = Math.min(map.granules() << granuleShift, this.regionBytes);
        this.mapOrigin = map.address() - (base >>> granuleShift);
        this.pool = new SlabPool(classes, region, (int) slabBytes, map, slabs, heapOfSlab, classOfSlab);
        this.traits = traits;
    }

    abstract long allocateBlock(int sizeClass);

    abstract long allocateZeroedBlock(int sizeClass, int zeroBytes);

    final void mark(long address) {
        OffHeapMemory.writeByte(markAddress(address), markFor(address));
    }

    /** What the map's byte of a live block says. */
    final byte markFor(long address) {
        return BlockMap.markFor(address, unitsMask);
    }

    /** Where the map's byte of a block of the region lies. */
    final long markAddress(long address) {
        return mapOrigin + (address >>> granuleShift);
    }

    @Override
    public final long allocate(long byteSize, long byteAlignment) {
        if (byteAlignment > MIN_ALIGNMENT || Long.compareUnsigned(byteSize, largest) > 0) {
            return allocateAligned(byteSize, byteAlignment, 0);
        }
        return allocateBlock(classes.classOf(byteSize));
    }

    @Override
    public final long allocateWithin(long byteSize) {
        return allocateBlock(classes.classOf(byteSize));
    }

    @Override
    public final long allocateZeroed(long byteSize, long byteAlignment) {
        if (byteAlignment > MIN_ALIGNMENT || Long.compareUnsigned(byteSize, largest) > 0) {
            return allocateAligned(byteSize, byteAlignment, zeroBytes(byteSize));
        }
        return allocateZeroedBlock(classes.classOf(byteSize), zeroBytes(byteSize));
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

    @Override
    public final long reallocate(long address, long byteSize) {
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

    static void push(SlabHeap heap, int sizeClass, long address) {
        if (!heap.push(sizeClass, address)) {
            heap.pushSlow(sizeClass, address);
        }
    }

    /** Counts an address that is no live block's and says what it is. */
    final FreeOutcome refused(long address) {
        refusedFreeCount.incrementAndGet();
        if (!owns(address)) {
            return FreeOutcome.FOREIGN;
        }
        Slab slab = slabAt(address);
        boolean wasBlock = slab != null && slab.wasBlock(address);
        return wasBlock ? FreeOutcome.ALREADY_FREE : FreeOutcome.NOT_A_BLOCK;
    }

    final @Nullable Slab slabAt(long address) {
        return slabs[(int) ((address - base) >>> slabShift)];
    }

    @Override
    public final boolean owns(long address) {
        return Long.compareUnsigned(address - base, regionBytes) < 0;
    }

    @Override
    public final long usableSize(long address) {
        Slab slab = owns(address) ? slabAt(address) : null;
        int index = slab == null ? -1 : slab.indexOf(address);
        return slab != null && index >= 0 && slab.isLive(index) ? slab.blockBytes() : -1;
    }

    @Override
    public final AllocatorTraits traits() {
        return traits;
    }

    private long tableBytes() {
        return ArrayBytes.of(slabs) + ArrayBytes.of(heapOfSlab) + ArrayBytes.of(classOfSlab) + classes.heldBytes();
    }

    /** The statistics that follow from counts of the heaps. */
    final AllocatorStats stats(long allocateCount, long liveCount, long usedBytes, long heapRecordBytes) {
        long committed = pool.committedBytes();
        return new AllocatorStats(
                allocateCount,
                allocateCount - liveCount,
                refusedFreeCount.get(),
                usedBytes,
                committed - usedBytes,
                heapRecordBytes + tableBytes() + pool.recordBytes(),
                committed,
                pool.peakCommittedBytes(),
                regionBytes);
    }

    /** Checks the equations in the class notes, the heaps being sound and holding so many blocks in their magazines. */
    final void validateMap(long cachedCount) {
        if (cachedCount != pool.unmarkedCount()) {
            throw new IllegalStateException("slab: broken: live blocks + blocks in magazines == blocks out");
        }
        AllocatorStats stats = stats();
        if (stats.freeCount() < 0 || stats.freeBytes() < 0) {
            throw new IllegalStateException("slab: broken: live blocks <= allocated blocks, used <= committed");
        }
    }

    @Override
    public final void close() {
        map.release();
        region.release();
    }
}
