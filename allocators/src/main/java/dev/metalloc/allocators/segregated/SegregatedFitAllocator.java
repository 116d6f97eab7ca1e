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
import dev.metalloc.allocators.layout.SparseBytes;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.ReservedRegion;
import java.util.Set;

/**
 * Serves many sizes by two-level good fit with coalescing, behind quick lists for blocks of up to 64 KiB.
 *
 * <p>Confined: one thread at a time. Use after {@link #close()} is undefined. Source: TLSF (Masmano et al., 2004), behind
 * deferred coalescing.
 */
/* Implementation notes
 *
 * Small sizes are rounded up to numbered ones (QuickSizes). A freed block of such a size goes to the quick list of its number,
 * whole, and serves the next request of that number, or of the one below where that list is empty: neither touches more than the
 * block's mark and the list. Quick lists hold
 * quickBytes, or an eighth of committed memory where that is more; beyond this they give up blocks in turn. Everything else
 * is cut from and given back to the tiling, which coalesces.
 *
 * Records are out of line: a byte for each granule, a bit for each granule, and 24 to 28 bytes for each coalesced free block:
 * 7 % of the memory that blocks of less than 1 MiB lie in, on the Java heap.
 *
 *   mark   0: no live block starts here;  LIVE | number;  LIVE_UNNUMBERED: its end is the next start
 *   a taken block of the tiling is live, or held by a quick list
 *
 * Invariants: those of the tiling, the free blocks and the quick lists;  every live block starts in the tiling
 *   occupied == live + held, in blocks and in granules;  a numbered block has the size of its number
 */
public final class SegregatedFitAllocator implements OffHeapAllocator {

    public static final long DEFAULT_MAX_BLOCK_BYTES = 16L << 20;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;
    public static final long DEFAULT_QUICK_BYTES = 4L << 20;
    public static final long DEFAULT_SPACING = 8;

    static final int LIVE = -128;
    static final int LIVE_UNNUMBERED = -1;

    private static final int GRANULE_SHIFT = BlockTiling.GRANULE_SHIFT;
    private static final long LEAST_REGION_BYTES = 64 << 10;
    private static final long MAX_ALIGNMENT = 2L << 20;
    private static final long MAX_SPACING = 64;
    /** A block shrinks where it becomes more than one part in 2^3 smaller. */
    private static final int SHRINK_SHIFT = 3;
    /** One part in 2^3 of committed memory may be held by quick lists. */
    private static final int QUICK_SHIFT = 3;

    private final long maxBlockBytes;
    private final long quickBytes;
    private final ReservedRegion region;
    private final long base;
    private final long regionBytes;
    private final BlockTiling tiling;
    private final SparseBytes live;
    private final QuickSizes sizes;
    private final QuickLists quick;
    private final long largestQuickBytes;
    private final AllocatorTraits traits;

    private long allocateCount;
    private long refusedFreeCount;
    private long occupiedBlocks;
    private long occupiedGranules;

    /**
     * @param maxBlockBytes largest block served
     * @param regionBytes address space to reserve, at most 16 GiB; less is taken where there is not so much
     * @param quickBytes bytes that quick lists may hold however little is in use; 0 for no quick lists at all
     * @param spacing sizes of small blocks for each doubling, a power of two up to 64: few make reuse likely, many waste little
     */
    public SegregatedFitAllocator(
            ChunkSource source, long maxBlockBytes, long regionBytes, long quickBytes, long spacing) {
        Sizes.requireRange("regionBytes", regionBytes, LEAST_REGION_BYTES, DEFAULT_REGION_BYTES);
        Sizes.requireRange("maxBlockBytes", maxBlockBytes, 16, regionBytes);
        Sizes.requireRange("quickBytes", quickBytes, 0, regionBytes);
        Sizes.requirePowerOfTwo("spacing", spacing, 1, MAX_SPACING);
        this.maxBlockBytes = maxBlockBytes;
        this.quickBytes = quickBytes;
        region = ReservedRegion.reserve(source, regionBytes, LEAST_REGION_BYTES, MAX_ALIGNMENT, source.pageByteSize());
        base = region.base();
        this.regionBytes = region.byteSize();
        tiling = new BlockTiling(region);
        live = new SparseBytes((int) (region.byteSize() >>> GRANULE_SHIFT));
        sizes = new QuickSizes((int) spacing);
        quick = new QuickLists(sizes.all());
        largestQuickBytes = Math.min(maxBlockBytes, (long) sizes.largest() << GRANULE_SHIFT);
        traits = traits(maxBlockBytes);
        limitQuickLists();
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
                // A byte and a bit for each granule of a block of some two hundred bytes, and now and then a free node
                // beside it.
                16,
                true,
                true,
                ThreadModel.CONFINED);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        int start = popQuick(byteSize, byteAlignment);
        return start != QuickLists.NONE ? addressOf(start) : allocateSlow(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        int start = popQuick(byteSize, byteAlignment);
        if (start == QuickLists.NONE) {
            return allocateSlow(byteSize, byteAlignment, true);
        }
        OffHeapMemory.zeroGranules(addressOf(start), (long) granulesFor(byteSize) << GRANULE_SHIFT);
        return addressOf(start);
    }

    private int popQuick(long byteSize, long byteAlignment) {
        if (Long.compareUnsigned(byteSize, largestQuickBytes) > 0 || byteAlignment > MIN_ALIGNMENT) {
            return QuickLists.NONE;
        }
        int number = sizes.indexOf(granulesFor(byteSize));
        int start = quick.pop(number);
        if (start == QuickLists.NONE) {
            return popLarger(number + 1);
        }
        live.replace(start, LIVE | number);
        allocateCount++;
        return start;
    }

    /** From the next size: it wastes one part in {@code spacing} more, and saves cutting a block. */
    private int popLarger(int number) {
        int start = number < quick.lists() ? quick.pop(number) : QuickLists.NONE;
        if (start != QuickLists.NONE) {
            live.replace(start, LIVE | number);
            allocateCount++;
        }
        return start;
    }

    /** The granules that hold so many bytes, at least one; 2^30 are the most there are. */
    private static int granulesFor(long byteSize) {
        return (int) ((Math.max(byteSize, 1) + (1 << GRANULE_SHIFT) - 1) >>> GRANULE_SHIFT);
    }

    private long allocateSlow(long byteSize, long byteAlignment, boolean zeroed) {
        if (Long.compareUnsigned(byteSize, maxBlockBytes) > 0 || byteAlignment > MAX_ALIGNMENT) {
            return NULL;
        }
        long alignment = Math.max(byteAlignment, MIN_ALIGNMENT);
        if (!Sizes.isPowerOfTwo(alignment)) {
            return NULL;
        }
        int granules = rounded(granulesFor(byteSize));
        int start = cut(granules, (int) (alignment >>> GRANULE_SHIFT), zeroed);
        if (start == BlockTiling.NONE) {
            return NULL;
        }
        live.set(start, markOf(granules));
        occupiedBlocks++;
        occupiedGranules += granules;
        allocateCount++;
        limitQuickLists();
        return addressOf(start);
    }

    private int rounded(int granules) {
        return granules <= sizes.largest() ? sizes.granules(sizes.indexOf(granules)) : Bins.roundUp(granules);
    }

    private int markOf(int granules) {
        return granules <= sizes.largest() ? LIVE | sizes.indexOf(granules) : LIVE_UNNUMBERED;
    }

    private int cut(int granules, int alignment, boolean zeroed) {
        int start = tiling.cut(granules, alignment, zeroed);
        if (start == BlockTiling.NONE && quick.heldUnits() > 0) {
            flushQuickLists();
            start = tiling.cut(granules, alignment, zeroed);
        }
        return start;
    }

    private void limitQuickLists() {
        long bytes = quickBytes == 0 ? 0 : Math.max(quickBytes, region.committedBytes() >>> QUICK_SHIFT);
        quick.limit(bytes >>> GRANULE_SHIFT);
    }

    @Override
    public FreeOutcome free(long address) {
        long offset = address - base;
        if (Long.compareUnsigned(offset, regionBytes) < 0 && (offset & MIN_ALIGNMENT - 1) == 0) {
            int start = (int) (offset >>> GRANULE_SHIFT);
            int mark = live.get(start);
            if (mark < LIVE_UNNUMBERED && quick.push(mark & ~LIVE, start)) {
                live.replace(start, 0);
                return FreeOutcome.FREED;
            }
        }
        return freeSlow(address);
    }

    private FreeOutcome freeSlow(long address) {
        FreeOutcome refusal = refusal(address);
        if (refusal != FreeOutcome.FREED) {
            refusedFreeCount++;
            return refusal;
        }
        int start = granuleOf(address);
        int granules = granulesAt(start);
        int mark = live.get(start);
        live.replace(start, 0);
        if (mark == LIVE_UNNUMBERED || !quick.couldHold(mark & ~LIVE)) {
            giveBack(start, granules);
        } else {
            keep(mark & ~LIVE, start);
        }
        return FreeOutcome.FREED;
    }

    /** Puts a block into its quick list, and takes others out of theirs for it. */
    private void keep(int number, int start) {
        while (!quick.isRoom(number)) {
            int victim = quick.victim();
            giveBack(quick.pop(victim), sizes.granules(victim));
        }
        quick.add(number, start);
    }

    private void giveBack(int start, int granules) {
        tiling.giveBack(start, granules);
        occupiedBlocks--;
        occupiedGranules -= granules;
    }

    private int granulesAt(int start) {
        int mark = live.get(start);
        return mark == LIVE_UNNUMBERED ? tiling.end(start) - start : sizes.granules(mark & ~LIVE);
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
        if (live.get(start) != 0) {
            return FreeOutcome.FREED;
        }
        // Above the top no start is on record any more: what was freed there was a block as likely as not.
        return tiling.isStart(start) || start > tiling.top() ? FreeOutcome.ALREADY_FREE : FreeOutcome.NOT_A_BLOCK;
    }

    private void flushQuickLists() {
        for (int number = 0; number < quick.lists(); number++) {
            for (int start = quick.pop(number); start != QuickLists.NONE; start = quick.pop(number)) {
                giveBack(start, sizes.granules(number));
            }
        }
    }

    @Override
    public long reallocate(long address, long byteSize) {
        if (refusal(address) != FreeOutcome.FREED || Long.compareUnsigned(byteSize, maxBlockBytes) > 0) {
            return NULL;
        }
        int start = granuleOf(address);
        int granules = granulesAt(start);
        int wanted = rounded(granulesFor(byteSize));
        if (wanted <= granules) {
            shrink(start, granules, wanted);
            return address;
        }
        if (!tiling.grow(start, granules, wanted)) {
            return move(address, granules, byteSize);
        }
        resize(start, granules, wanted);
        limitQuickLists();
        return address;
    }

    /** Gives the rest of a block back where that is worth a record. */
    private void shrink(int start, int granules, int wanted) {
        if (granules - wanted > granules >>> SHRINK_SHIFT) {
            tiling.shrink(start, granules, wanted);
            resize(start, granules, wanted);
        }
    }

    private void resize(int start, int granules, int wanted) {
        live.replace(start, markOf(wanted));
        occupiedGranules += wanted - granules;
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
        return (long) granulesAt(granuleOf(address)) << GRANULE_SHIFT;
    }

    private int granuleOf(long address) {
        return (int) ((address - base) >>> GRANULE_SHIFT);
    }

    private long addressOf(int granule) {
        return base + ((long) granule << GRANULE_SHIFT);
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        long usedBytes = (occupiedGranules - quick.heldUnits()) << GRANULE_SHIFT;
        return new AllocatorStats(
                allocateCount,
                allocateCount - liveBlocks(),
                refusedFreeCount,
                usedBytes,
                region.committedBytes() - usedBytes,
                0,
                region.committedBytes(),
                region.peakCommittedBytes(),
                region.byteSize());
    }

    private long liveBlocks() {
        return occupiedBlocks - quick.heldBlocks();
    }

    @Override
    public long purge() {
        flushQuickLists();
        long bytes = tiling.purge();
        limitQuickLists();
        return bytes;
    }

    @Override
    public void validate() {
        region.validate();
        tiling.validate();
        quick.validate();
        SegregatedFitWalk walk = new SegregatedFitWalk(tiling.starts(), live, tiling.free(), sizes);
        walk.tile(tiling.top());
        check(walk.heldCount() == quick.heldBlocks(), "blocks neither live nor free == held in quick lists");
        check(walk.liveCount() == liveBlocks(), "live blocks == occupied - held blocks");
        check(
                walk.liveGranules() == occupiedGranules - quick.heldUnits(),
                "granules of live blocks == occupied - held granules");
        check(allocateCount >= liveBlocks(), "live blocks <= allocated");
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
