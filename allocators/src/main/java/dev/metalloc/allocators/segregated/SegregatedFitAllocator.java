// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.layout.QuickLists;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SparseBitmap;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.ReservedRegion;
import java.util.Set;

/**
 * Serves many sizes by two-level good fit with coalescing, behind quick lists for blocks of up to 64 KiB.
 *
 * <p>Confined: one thread at a time. Use after {@link #close()} is undefined.
 */
/* Implementation notes
 *
 * The region below the top is tiled by blocks, counted in granules of 16 bytes. What lies above the top is free, and is used where
 * no free block fits; a freed block that ends at the top lowers it. So blocks freed in the reverse order of allocation, whatever their
 * sizes, cost no more than moving the top. Memory is committed as blocks are carved. Records are out of line: two
 * bits for each granule (an overhead of 1.6 % of the memory touched) and 24 to 28 bytes for each coalesced free block.
 *
 *   starts   bit set: a block starts here         live   bit set: the block that starts here is handed out
 *   a block that is not live is held by a quick list, or is a node of the free blocks; only the latter coalesce
 *
 * A block ends where the next one starts, so its size is the distance to the next bit; the top is marked as a start for this. A bit behind the last granule, marked
 * live, ends the region. Block sizes are rounded up to the lower bound of a bin (at most 3 % above 1 KiB), so that a quick list
 * holds blocks of one size.
 *
 * Invariants: blocks tile the region below the top;  no two free blocks adjoin, nor a free block and the top;  live is a subset of starts;
 *   16 * granules of live blocks == usedBytes;  memory is committed behind live and quick blocks;
 *   live + quick + free == all blocks
 */
public final class SegregatedFitAllocator implements OffHeapAllocator {

    public static final long DEFAULT_MAX_BLOCK_BYTES = 16L << 20;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;
    public static final long DEFAULT_QUICK_BYTES = 1L << 20;

    private static final int GRANULE_SHIFT = 4;
    private static final long LEAST_REGION_BYTES = 64 << 10;
    private static final long MAX_ALIGNMENT = 2L << 20;
    /** A block shrinks where it becomes more than one part in 2^3 smaller. */
    private static final int SHRINK_SHIFT = 3;
    /** Where quick lists hold more than one part in 2^6 of memory they are emptied before more memory is committed. */
    private static final int HELD_SHIFT = 6;
    /** Blocks below 64 KiB go through quick lists. */
    private static final int QUICK_GRANULES = ((64 << 10) - 1) >>> GRANULE_SHIFT;

    private final long maxBlockBytes;
    private final ReservedRegion region;
    private final int granulesInRegion;
    private final SparseBitmap starts;
    private final SparseBitmap live;
    private final FreeBlocks free = new FreeBlocks();
    private final QuickLists quick;
    private final AllocatorTraits traits;

    private long allocateCount;
    private long freeCount;
    private long refusedFreeCount;
    private long usedGranules;
    private int top;
    /** Memory is behind all granules from the top to this one, and was in use before; without meaning where it lies below the top. */
    private int readyEnd;

    /**
     * @param maxBlockBytes largest block served
     * @param regionBytes address space to reserve, at most 16 GiB; less is taken where there is not so much
     * @param quickBytes most bytes kept in quick lists
     */
    public SegregatedFitAllocator(ChunkSource source, long maxBlockBytes, long regionBytes, long quickBytes) {
        Sizes.requireRange("regionBytes", regionBytes, LEAST_REGION_BYTES, DEFAULT_REGION_BYTES);
        Sizes.requireRange("maxBlockBytes", maxBlockBytes, 16, regionBytes);
        Sizes.requireRange("quickBytes", quickBytes, 0, regionBytes);
        this.maxBlockBytes = maxBlockBytes;
        region = ReservedRegion.reserve(source, regionBytes, LEAST_REGION_BYTES, MAX_ALIGNMENT, source.pageByteSize());
        granulesInRegion = (int) (region.byteSize() >>> GRANULE_SHIFT);
        starts = new SparseBitmap(granulesInRegion + 1L);
        live = new SparseBitmap(granulesInRegion + 1L);
        quick = new QuickLists(Bins.of(QUICK_GRANULES) + 1, quickBytes);
        traits = traits(maxBlockBytes);
        starts.set(granulesInRegion);
        live.set(granulesInRegion);
        starts.set(top);
    }

    public static AllocatorTraits traits(long maxBlockBytes) {
        return new AllocatorTraits(
                "segregated",
                0,
                maxBlockBytes,
                MAX_ALIGNMENT,
                Set.of(
                        Flag.MANY_SIZES,
                        Flag.MIXED_LIVED,
                        Flag.LONG_LIVED,
                        Flag.LONG_RUN,
                        Flag.RANDOM_FREE,
                        Flag.GROWING,
                        Flag.ALIGNED,
                        Flag.MEDIUM,
                        Flag.LARGE,
                        Flag.FRAGMENTATION_PRONE),
                Set.of(Flag.HUGE),
                200_000,
                // Two bits for each granule of a block of some hundred bytes, and now and then a free node beside it.
                8,
                true,
                true,
                ThreadModel.CONFINED);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment, true);
    }

    private long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        if (Long.compareUnsigned(byteSize, maxBlockBytes) > 0) {
            return NULL;
        }
        int granules = granules(byteSize);
        if (byteAlignment <= MIN_ALIGNMENT && granules <= QUICK_GRANULES) {
            int start = quick.pop(Bins.of(granules), (long) granules << GRANULE_SHIFT);
            if (start != QuickLists.NONE) {
                return handOutQuick(start, granules, zeroed);
            }
        }
        return allocateSlow(granules, byteAlignment, zeroed);
    }

    private static int granules(long byteSize) {
        return Bins.roundUp(Math.max(1, (int) ((byteSize + 15) >>> GRANULE_SHIFT)));
    }

    private long handOutQuick(int start, int granules, boolean zeroed) {
        long address = addressOf(start);
        if (zeroed) {
            OffHeapMemory.zeroGranules(address, (long) granules << GRANULE_SHIFT);
        }
        handOut(start, granules);
        return address;
    }

    private void handOut(int start, int granules) {
        live.set(start);
        usedGranules += granules;
        allocateCount++;
    }

    private long allocateSlow(int granules, long byteAlignment, boolean zeroed) {
        if (byteAlignment <= MIN_ALIGNMENT) {
            return carve(granules, 1, zeroed);
        }
        if (byteAlignment > MAX_ALIGNMENT || !Sizes.isPowerOfTwo(byteAlignment)) {
            return NULL;
        }
        return carve(granules, (int) (byteAlignment >> GRANULE_SHIFT), zeroed);
    }

    private long carve(int granules, int alignment, boolean zeroed) {
        long address = tryCarve(granules, alignment, zeroed, region.committedBytes() >>> HELD_SHIFT);
        if (address == NULL && quick.heldBytes() > 0) {
            flushQuickLists();
            address = tryCarve(granules, alignment, zeroed, Long.MAX_VALUE);
        }
        return address;
    }

    /** NULL where there is no room, or where memory would have to be committed while quick lists hold more than told. */
    private long tryCarve(int granules, int alignment, boolean zeroed, long mostHeldBytes) {
        int wanted = alignment == 1 ? granules : Bins.roundUp(granules + alignment - 1);
        int node = free.fit(wanted);
        if (node == FreeBlocks.NONE) {
            return carveTop(granules, alignment, zeroed, mostHeldBytes);
        }
        if (quick.heldBytes() > mostHeldBytes && !isCommitted(free.start(node), free.start(node) + wanted)) {
            return NULL;
        }
        return carveNode(node, granules, alignment, zeroed);
    }

    private long carveTop(int granules, int alignment, boolean zeroed, long mostHeldBytes) {
        int start = (int) Sizes.alignUp(top, alignment);
        long end = (long) start + granules;
        if (end <= readyEnd && start == top && !zeroed) {
            return takeTop(start, (int) end);
        }
        if (end > granulesInRegion
                || (quick.heldBytes() > mostHeldBytes && !isCommitted(start, (int) end))
                || !region.commit((long) start << GRANULE_SHIFT, end << GRANULE_SHIFT, zeroed)) {
            return NULL;
        }
        readyEnd = Math.max(readyEnd, (int) Sizes.alignUp(end, region.spanBytes() >>> GRANULE_SHIFT));
        if (start != top) {
            insertFree(top, start - top);
        }
        return takeTop(start, (int) end);
    }

    private long takeTop(int start, int end) {
        starts.set(start);
        starts.set(end);
        top = end;
        handOut(start, end - start);
        return addressOf(start);
    }

    private long carveNode(int node, int granules, int alignment, boolean zeroed) {
        int blockStart = free.start(node);
        int blockEnd = blockStart + free.granules(node);
        int start = (int) Sizes.alignUp(blockStart, alignment);
        int end = start + granules;
        if (!region.commit((long) start << GRANULE_SHIFT, (long) end << GRANULE_SHIFT, zeroed)) {
            return NULL;
        }
        free.remove(node);
        if (start != blockStart) {
            insertFree(blockStart, start - blockStart);
            starts.set(start);
        }
        if (end != blockEnd) {
            insertFree(end, blockEnd - end);
        }
        handOut(start, granules);
        return addressOf(start);
    }

    private boolean isCommitted(int start, int end) {
        return region.isCommitted((long) start << GRANULE_SHIFT, (long) end << GRANULE_SHIFT);
    }

    private void insertFree(int start, int granules) {
        free.insert(start, granules);
        starts.set(start);
    }

    @Override
    public FreeOutcome free(long address) {
        FreeOutcome refusal = refusal(address);
        if (refusal != FreeOutcome.FREED) {
            refusedFreeCount++;
            return refusal;
        }
        int start = granuleOf(address);
        int granules = starts.next(start + 1) - start;
        live.clear(start);
        usedGranules -= granules;
        freeCount++;
        if (start + granules == top) {
            lowerTop(start);
        } else if (granules > QUICK_GRANULES
                || !quick.push(Bins.of(granules), start, (long) granules << GRANULE_SHIFT)) {
            coalesce(start, granules);
        }
        return FreeOutcome.FREED;
    }

    /** Why the address cannot be freed, or FREED where it can. */
    private FreeOutcome refusal(long address) {
        if (!region.owns(address)) {
            return FreeOutcome.FOREIGN;
        }
        int start = granuleOf(address);
        if ((address & MIN_ALIGNMENT - 1) != 0) {
            return FreeOutcome.NOT_A_BLOCK;
        }
        if (!starts.get(start)) {
            // Above the top no start is on record any more: what was freed there was a block as likely as not.
            return start > top ? FreeOutcome.ALREADY_FREE : FreeOutcome.NOT_A_BLOCK;
        }
        return live.get(start) ? FreeOutcome.FREED : FreeOutcome.ALREADY_FREE;
    }

    /** Adds a block that ends at the top, and the free block before it, to what lies above. */
    private void lowerTop(int start) {
        if (top != granulesInRegion) {
            starts.clear(top);
        }
        top = start;
        int before = starts.previous(start - 1);
        int node = before < 0 || live.get(before) ? FreeBlocks.NONE : free.find(before);
        if (node != FreeBlocks.NONE) {
            free.remove(node);
            starts.clear(start);
            top = before;
            // A free block may have been purged.
            readyEnd = 0;
        }
    }

    /** Joins a block that is neither live nor listed with its free neighbours and lists the whole. */
    private void coalesce(int start, int granules) {
        int first = start;
        int end = start + granules;
        if (end == top) {
            lowerTop(start);
            return;
        }
        int after = live.get(end) ? FreeBlocks.NONE : free.find(end);
        if (after != FreeBlocks.NONE) {
            starts.clear(end);
            end += free.granules(after);
            free.remove(after);
        }
        int before = starts.previous(start - 1);
        int node = before < 0 || live.get(before) ? FreeBlocks.NONE : free.find(before);
        if (node != FreeBlocks.NONE) {
            starts.clear(start);
            first = before;
            free.remove(node);
        }
        free.insert(first, end - first);
    }

    private void flushQuickLists() {
        for (int bin = 0; bin < quick.sizes(); bin++) {
            while (quick.count(bin) > 0) {
                // Each bin holds blocks of one size; it is read off the first.
                int granules = quickGranules(bin);
                coalesce(quick.pop(bin, (long) granules << GRANULE_SHIFT), granules);
            }
        }
    }

    private static int quickGranules(int bin) {
        int granules = bin;
        while (Bins.of(granules) < bin) {
            granules = Bins.roundUp(granules + 1);
        }
        return granules;
    }

    @Override
    public long reallocate(long address, long byteSize) {
        if (refusal(address) != FreeOutcome.FREED || Long.compareUnsigned(byteSize, maxBlockBytes) > 0) {
            return NULL;
        }
        int start = granuleOf(address);
        int granules = starts.next(start + 1) - start;
        int wanted = granules(byteSize);
        if (wanted <= granules) {
            shrink(start, granules, wanted);
            return address;
        }
        return growInPlace(start, granules, wanted) ? address : move(address, granules, byteSize);
    }

    /** Gives the rest of a block back where that is worth a record. */
    private void shrink(int start, int granules, int wanted) {
        if (granules - wanted > granules >>> SHRINK_SHIFT) {
            starts.set(start + wanted);
            usedGranules -= granules - wanted;
            coalesce(start + wanted, granules - wanted);
        }
    }

    private boolean growInPlace(int start, int granules, int wanted) {
        int end = start + granules;
        if (end == top) {
            return growIntoTop(start, granules, wanted);
        }
        int node = live.get(end) ? FreeBlocks.NONE : free.find(end);
        if (node == FreeBlocks.NONE || free.granules(node) < wanted - granules) {
            return false;
        }
        int freeEnd = end + free.granules(node);
        int newEnd = start + wanted;
        if (!region.commit((long) end << GRANULE_SHIFT, (long) newEnd << GRANULE_SHIFT, false)) {
            return false;
        }
        free.remove(node);
        starts.clear(end);
        if (newEnd != freeEnd) {
            insertFree(newEnd, freeEnd - newEnd);
        }
        usedGranules += wanted - granules;
        return true;
    }

    private boolean growIntoTop(int start, int granules, int wanted) {
        long newTop = (long) start + wanted;
        if (newTop > granulesInRegion || !region.commit((long) top << GRANULE_SHIFT, newTop << GRANULE_SHIFT, false)) {
            return false;
        }
        starts.clear(top);
        top = (int) newTop;
        starts.set(top);
        usedGranules += wanted - granules;
        return true;
    }

    private long move(long address, int granules, long byteSize) {
        long moved = allocate(byteSize, MIN_ALIGNMENT);
        if (moved != NULL) {
            OffHeapMemory.copy(address, moved, Math.min(byteSize, (long) granules << GRANULE_SHIFT));
            free(address);
        }
        return moved;
    }

    @Override
    public boolean owns(long address) {
        return region.owns(address);
    }

    @Override
    public long usableSize(long address) {
        if (refusal(address) != FreeOutcome.FREED) {
            return -1;
        }
        int start = granuleOf(address);
        return (long) (starts.next(start + 1) - start) << GRANULE_SHIFT;
    }

    private int granuleOf(long address) {
        return (int) ((address - region.base()) >>> GRANULE_SHIFT);
    }

    private long addressOf(int granule) {
        return region.base() + ((long) granule << GRANULE_SHIFT);
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        long usedBytes = usedGranules << GRANULE_SHIFT;
        return new AllocatorStats(
                allocateCount,
                freeCount,
                refusedFreeCount,
                usedBytes,
                region.committedBytes() - usedBytes,
                0,
                region.committedBytes(),
                region.peakCommittedBytes(),
                region.byteSize());
    }

    @Override
    public long purge() {
        flushQuickLists();
        long bytes = region.purge((long) top << GRANULE_SHIFT, region.byteSize());
        readyEnd = 0;
        for (int bin = Bins.of((int) (region.spanBytes() >>> GRANULE_SHIFT)); bin < Bins.COUNT; bin++) {
            for (int node = free.first(bin); node != FreeBlocks.NONE; node = free.after(node)) {
                long from = (long) free.start(node) << GRANULE_SHIFT;
                bytes += region.purge(from, from + ((long) free.granules(node) << GRANULE_SHIFT));
            }
        }
        return bytes;
    }

    @Override
    public void validate() {
        region.validate();
        free.validate();
        SegregatedFitWalk.validate(starts, live, free, quick, top, usedGranules);
        check(top == 0 || free.find(starts.previous(top - 1)) == FreeBlocks.NONE, "no free block below the top");
        check(starts.get(top), "the top is marked as a start");
        check(allocateCount - freeCount == SegregatedFitWalk.liveCount(live, top), "live blocks counted");
        check(stats().freeBytes() >= 0, "used <= committed");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("segregated: broken: " + equation);
        }
    }

    @Override
    public void close() {
        region.release();
    }
}
