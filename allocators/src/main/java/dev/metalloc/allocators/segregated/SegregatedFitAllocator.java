// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
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
 * Small sizes are rounded up to numbered ones (QuickSizes). A freed block of such a size is held, whole, and serves the next request
 * of its number: neither touches more than the block's tag and a list. Everything else is cut from and given back to the tiling,
 * which coalesces.
 *
 * Records are out of line: a byte for each granule beside the region, and some 4 to 16 bytes on the Java heap for each coalesced
 * free block. A taken block of the tiling is live or held; its tag says which.
 *
 * Invariants: those of the tiling, the free blocks and the quick lists;  taken == live + held, in blocks and in granules
 */
public final class SegregatedFitAllocator implements OffHeapAllocator {

    public static final long DEFAULT_MAX_BLOCK_BYTES = 16L << 20;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;
    /** A block of each size up to the largest that is kept whole. */
    public static final long DEFAULT_QUICK_BYTES = 1L << 20;

    public static final long DEFAULT_SPACING = 8;
    public static final long DEFAULT_QUICK_SHARE = 128;

    private static final int GRANULE_SHIFT = BlockTiling.GRANULE_SHIFT;
    private static final long LEAST_REGION_BYTES = 64 << 10;
    private static final long MAX_ALIGNMENT = 2L << 20;
    private static final long MAX_SPACING = 64;
    private static final long MAX_QUICK_SHARE = 1 << 20;
    /** A block shrinks where it becomes more than one part in 2^3 smaller. */
    private static final int SHRINK_SHIFT = 3;
    /** Up to so many granules copying to a held block costs less than cutting one and joining what is left. */
    private static final int MOST_EXCHANGED = 16;

    private final long maxBlockBytes;
    private final ReservedRegion region;
    private final long base;
    private final long regionBytes;
    private final BlockTiling tiling;
    private final BlockTags tags;
    private final TakenBlocks taken;
    private final HeldBlocks held;
    private final long largestHeldBytes;
    private final AllocatorTraits traits;

    private long allocateCount;
    private long refusedFreeCount;

    /** With the default share for quick lists, and no sizes but those of the spacing. */
    public SegregatedFitAllocator(
            ChunkSource source, long maxBlockBytes, long regionBytes, long quickBytes, long spacing) {
        this(source, maxBlockBytes, regionBytes, quickBytes, DEFAULT_QUICK_SHARE, spacing, new long[0]);
    }

    /**
     * @param maxBlockBytes largest block served
     * @param regionBytes address space to reserve, at most 16 GiB; less is taken where there is not so much
     * @param quickBytes bytes that quick lists may hold when memory is committed, however little there is; 0 for no quick lists at all
     * @param quickShare they may then hold one part in so many of committed memory, a power of two
     * @param spacing sizes of small blocks for each doubling, a power of two up to 64: few make reuse likely, many waste little
     * @param ownByteSizes small sizes besides, which are to waste nothing
     */
    public SegregatedFitAllocator(
            ChunkSource source,
            long maxBlockBytes,
            long regionBytes,
            long quickBytes,
            long quickShare,
            long spacing,
            long[] ownByteSizes) {
        Sizes.requireRange("regionBytes", regionBytes, LEAST_REGION_BYTES, DEFAULT_REGION_BYTES);
        Sizes.requireRange("maxBlockBytes", maxBlockBytes, 16, regionBytes);
        Sizes.requireRange("quickBytes", quickBytes, 0, regionBytes);
        Sizes.requirePowerOfTwo("spacing", spacing, 1, MAX_SPACING);
        Sizes.requirePowerOfTwo("quickShare", quickShare, 1, MAX_QUICK_SHARE);
        QuickSizes sizes =
                ownByteSizes.length == 0 ? new QuickSizes((int) spacing) : new QuickSizes((int) spacing, ownByteSizes);
        this.maxBlockBytes = maxBlockBytes;
        region = ReservedRegion.reserve(source, regionBytes, LEAST_REGION_BYTES, MAX_ALIGNMENT, source.pageByteSize());
        base = region.base();
        tags = new BlockTags((int) (region.byteSize() >>> GRANULE_SHIFT));
        // Without tags no address is known, and nothing can be cut.
        this.regionBytes = tags.exist() ? region.byteSize() : 0;
        tiling = new BlockTiling(region, tags);
        taken = new TakenBlocks(tags, sizes);
        held = new HeldBlocks(tags, sizes, tiling, quickBytes, quickShare);
        largestHeldBytes = quickBytes == 0 ? 0 : Math.min(maxBlockBytes, (long) sizes.largest() << GRANULE_SHIFT);
        traits = traits(maxBlockBytes);
    }

    /** Uses pages of 2 MiB for the first bytes of memory; to be called before the first allocation. */
    public SegregatedFitAllocator withHugePages(long byteCount) {
        region.useHugePages(byteCount);
        return this;
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
                // A byte for each granule of a block of some two hundred bytes, and now and then an entry of a free
                // block beside it.
                14,
                true,
                true,
                ThreadModel.CONFINED);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        int start = takeHeld(byteSize, byteAlignment);
        return start != HeldBlocks.NONE ? addressOf(start) : allocateSlow(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        int start = takeHeld(byteSize, byteAlignment);
        if (start == HeldBlocks.NONE) {
            return allocateSlow(byteSize, byteAlignment, true);
        }
        OffHeapMemory.zeroGranules(addressOf(start), (long) granulesFor(byteSize) << GRANULE_SHIFT);
        return addressOf(start);
    }

    private int takeHeld(long byteSize, long byteAlignment) {
        if (Long.compareUnsigned(byteSize, largestHeldBytes) > 0) {
            return HeldBlocks.NONE;
        }
        int start = byteAlignment <= MIN_ALIGNMENT
                ? held.take(granulesFor(byteSize))
                : takeHeldAligned(granulesFor(byteSize), byteAlignment);
        if (start != HeldBlocks.NONE) {
            allocateCount++;
        }
        return start;
    }

    private int takeHeldAligned(int granules, long byteAlignment) {
        return byteAlignment <= MAX_ALIGNMENT && Sizes.isPowerOfTwo(byteAlignment)
                ? held.takeAligned(granules, (int) (byteAlignment >>> GRANULE_SHIFT))
                : HeldBlocks.NONE;
    }

    /** The granules that hold so many bytes, at least one; 2^30 are the most there are. */
    private static int granulesFor(long byteSize) {
        return (int) ((Math.max(byteSize, 1) + (1 << GRANULE_SHIFT) - 1) >>> GRANULE_SHIFT);
    }

    @SlowPath
    private long allocateSlow(long byteSize, long byteAlignment, boolean zeroed) {
        if (Long.compareUnsigned(byteSize, maxBlockBytes) > 0 || byteAlignment > MAX_ALIGNMENT) {
            return NULL;
        }
        long alignment = Math.max(byteAlignment, MIN_ALIGNMENT);
        if (!Sizes.isPowerOfTwo(alignment)) {
            return NULL;
        }
        int granules = taken.rounded(granulesFor(byteSize));
        int start = cut(granules, (int) (alignment >>> GRANULE_SHIFT), zeroed);
        if (start == BlockTiling.NONE) {
            return NULL;
        }
        taken.setLive(start, granules);
        allocateCount++;
        return addressOf(start);
    }

    private int cut(int granules, int alignment, boolean zeroed) {
        int start = tiling.cutReady(granules, alignment, zeroed);
        return start == BlockTiling.NONE ? cutMore(granules, alignment, zeroed) : start;
    }

    /** Where all that is ready is taken or held. */
    @SlowPath
    private int cutMore(int granules, int alignment, boolean zeroed) {
        while (held.makeWay(granules, region.committedBytes())) {
            int start = tiling.cutReady(granules, alignment, zeroed);
            if (start != BlockTiling.NONE) {
                return start;
            }
        }
        int start = tiling.cutTop(granules, alignment, zeroed);
        return start == BlockTiling.NONE && held.flush() ? tiling.cut(granules, alignment, zeroed) : start;
    }

    @Override
    public FreeOutcome free(long address) {
        long offset = address - base;
        if (Long.compareUnsigned(offset, regionBytes) >= 0 || (offset & MIN_ALIGNMENT - 1) != 0) {
            return refused(address);
        }
        int start = (int) (offset >>> GRANULE_SHIFT);
        int tag = tags.tag(start);
        if (!BlockTags.isLive(tag)) {
            return refused(address);
        }
        int number = BlockTags.number(tag);
        if (number < 0) {
            freeUnnumbered(start);
        } else {
            held.hold(start, number);
        }
        return FreeOutcome.FREED;
    }

    private void freeUnnumbered(int start) {
        int granules = tags.unnumberedGranules(start);
        tags.clearUnnumbered(start);
        tiling.giveBack(start, granules);
    }

    private boolean isLive(long address) {
        return owns(address) && (address & MIN_ALIGNMENT - 1) == 0 && BlockTags.isLive(tags.tag(granuleOf(address)));
    }

    /** Counts an address that is no live block's and says what it is. */
    @SlowPath
    private FreeOutcome refused(long address) {
        refusedFreeCount++;
        if (!owns(address)) {
            return FreeOutcome.FOREIGN;
        }
        int start = granuleOf(address);
        // Above the top no start is on record any more: what was freed there was a block as likely as not.
        boolean wasBlock = BlockTags.isStart(tags.tag(start)) || start >= tiling.top();
        return wasBlock && (address & MIN_ALIGNMENT - 1) == 0 ? FreeOutcome.ALREADY_FREE : FreeOutcome.NOT_A_BLOCK;
    }

    @Override
    public long reallocate(long address, long byteSize) {
        if (!isLive(address) || Long.compareUnsigned(byteSize, maxBlockBytes) > 0) {
            return NULL;
        }
        int start = granuleOf(address);
        int granules = taken.granules(start);
        int wanted = taken.rounded(granulesFor(byteSize));
        if (wanted == granules) {
            return address;
        }
        int other = Math.max(granules, wanted) <= MOST_EXCHANGED ? held.takeExactly(wanted) : HeldBlocks.NONE;
        if (other != HeldBlocks.NONE) {
            return exchange(start, other, Math.min(granules, wanted));
        }
        if (wanted < granules) {
            shrink(start, granules, wanted);
            return address;
        }
        if (!tiling.grow(start, granules, wanted)) {
            return move(address, granules, byteSize);
        }
        // What has a size beside its tag may grow to one that has a number.
        taken.clear(start);
        taken.setLive(start, wanted);
        return address;
    }

    /** Holds one block and answers the other, with so many granules copied. */
    private long exchange(int old, int other, int granules) {
        allocateCount++;
        OffHeapMemory.copy(addressOf(old), addressOf(other), (long) granules << GRANULE_SHIFT);
        held.hold(old, BlockTags.number(tags.tag(old)));
        return addressOf(other);
    }

    /** Gives the rest of a block back where that is worth a record. */
    @SlowPath
    private void shrink(int start, int granules, int wanted) {
        if (granules - wanted > granules >>> SHRINK_SHIFT) {
            taken.clear(start);
            taken.setLive(start, wanted);
            tiling.shrink(start, granules, wanted);
        }
    }

    @SlowPath
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
        return Long.compareUnsigned(address - base, regionBytes) < 0;
    }

    @Override
    public long usableSize(long address) {
        if (!isLive(address)) {
            return -1;
        }
        return (long) taken.granules(granuleOf(address)) << GRANULE_SHIFT;
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
        long usedBytes = (tiling.takenGranules() - held.granules()) << GRANULE_SHIFT;
        return new AllocatorStats(
                allocateCount,
                allocateCount - liveBlocks(),
                refusedFreeCount,
                usedBytes,
                region.committedBytes() - usedBytes,
                region.recordBytes() + tags.reachedBytes() + tiling.free().heldBytes() + held.heldBytes(),
                region.committedBytes(),
                region.peakCommittedBytes(),
                region.byteSize());
    }

    private long liveBlocks() {
        return tiling.takenBlocks() - held.count();
    }

    @Override
    public long purge() {
        held.flush();
        return tiling.purge();
    }

    @Override
    public void validate() {
        region.validate();
        tiling.validate();
        held.validate();
        SegregatedFitWalk walk = new SegregatedFitWalk(tags, taken, (int) (region.byteSize() >>> GRANULE_SHIFT));
        walk.tile(tiling.top());
        tiling.free().validate(walk.free());
        check(walk.heldCount() == held.count(), "blocks neither live nor free == held in quick lists");
        check(walk.liveCount() == liveBlocks(), "live blocks == taken - held blocks");
        check(
                walk.liveGranules() == tiling.takenGranules() - held.granules(),
                "granules of live blocks == taken - held granules");
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
        tags.release();
        region.release();
    }
}
