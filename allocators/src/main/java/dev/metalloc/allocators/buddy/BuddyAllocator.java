// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.buddy;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.layout.QuickLists;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.ReservedRegion;
import java.util.Set;

/**
 * Serves blocks of powers of two that split in halves and coalesce with their buddies.
 *
 * <p>Confined: one thread at a time. Every block is aligned to its size. Use after {@link #close()} is undefined.
 */
/* Implementation notes
 *
 * Sizes are orders: order k is minBlockBytes << k, up to a chunk. Blocks are named by units, the number of smallest blocks
 * before them. A byte for each unit says what starts there
 * (BlockStates), a bitmap for each order what is free there (FreeOrders): out of line, some 2 % of memory at 64-byte units.
 *
 * Freed blocks first go to a quick list of their order, whole, and serve the next request of that order: neither touches
 * more than the block's byte and the list. What the lists hold, and when it coalesces, is HeldOrders' part.
 *
 * Invariants: those of the tiling;  taken == live + held, in blocks and in units
 */
public final class BuddyAllocator implements OffHeapAllocator {

    public static final long DEFAULT_MIN_BLOCK_BYTES = 64;
    public static final long DEFAULT_CHUNK_BYTES = 16L << 20;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;
    /** Two blocks of each order up to the largest that is kept whole. */
    public static final long DEFAULT_QUICK_BYTES = 1L << 20;

    private static final long SPAN_BYTES = 64 << 10;
    /** Larger blocks cost more to fill than to split and merge. */
    private static final long LARGEST_QUICK_BYTES = 256 << 10;

    private final long minBlockBytes;
    private final long chunkBytes;
    private final long quickBytes;
    private final long largestQuickBytes;
    private final int unitShift;
    private final int quickOrders;
    private final ReservedRegion region;
    private final long base;
    private final long blocksBytes;
    private final int units;
    private final BlockStates states;
    private final BuddyTiling tiling;
    private final QuickLists quick;
    private final HeldOrders held;
    private final AllocatorTraits traits;

    private long allocateCount;
    private long refusedFreeCount;

    /**
     * @param minBlockBytes smallest block, a power of two
     * @param chunkBytes largest block, a power of two
     * @param regionBytes address space to reserve; less is taken where there is not so much
     * @param quickBytes bytes that quick lists may hold when memory is committed, however little there is; 0 for no quick lists at all
     */
    public BuddyAllocator(ChunkSource source, long minBlockBytes, long chunkBytes, long regionBytes, long quickBytes) {
        Sizes.requirePowerOfTwo("minBlockBytes", minBlockBytes, MIN_ALIGNMENT, 1L << 20);
        Sizes.requirePowerOfTwo("chunkBytes", chunkBytes, Math.max(SPAN_BYTES, minBlockBytes), 1L << 30);
        Sizes.requireRange("regionBytes", regionBytes, chunkBytes, minBlockBytes << 30);
        Sizes.requireRange("quickBytes", quickBytes, 0, regionBytes);
        this.minBlockBytes = minBlockBytes;
        this.chunkBytes = chunkBytes;
        this.quickBytes = quickBytes;
        unitShift = Sizes.log2(minBlockBytes);
        int topOrder = Sizes.log2(chunkBytes) - unitShift;
        quickOrders = Math.min(topOrder, Math.max(0, Sizes.log2(LARGEST_QUICK_BYTES) - unitShift)) + 1;
        region = ReservedRegion.reserve(source, regionBytes, chunkBytes, chunkBytes, SPAN_BYTES);
        base = region.base();
        blocksBytes = region.byteSize() / chunkBytes * chunkBytes;
        units = (int) (blocksBytes >>> unitShift);
        states = new BlockStates(units, topOrder);
        tiling = new BuddyTiling(region, states, units, unitShift, topOrder);
        quick = new QuickLists(unitsOfOrders(quickOrders), quickBytes != 0);
        held = new HeldOrders(region, states, tiling, quick, unitShift, quickBytes);
        largestQuickBytes = bytesOf(quickOrders - 1);
        traits = traits(chunkBytes);
    }

    private static int[] unitsOfOrders(int orders) {
        int[] units = new int[orders];
        for (int order = 0; order < orders; order++) {
            units[order] = 1 << order;
        }
        return units;
    }

    public static AllocatorTraits traits(long chunkBytes) {
        return new AllocatorTraits(
                "buddy",
                0,
                chunkBytes,
                chunkBytes,
                Set.of(
                        Flag.MEDIUM,
                        Flag.LARGE,
                        Flag.POWER_OF_TWO,
                        Flag.ALIGNED,
                        Flag.GROWING,
                        Flag.MIXED_LIVED,
                        Flag.RANDOM_FREE,
                        Flag.LONG_RUN),
                Set.of(Flag.HUGE),
                200_000,
                // A byte and a quarter for each unit, of which a block has one or more.
                1.25,
                true,
                true,
                ThreadModel.CONFINED);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        int unit = popQuick(byteSize, byteAlignment);
        return unit != QuickLists.NONE ? addressOf(unit) : allocateSlow(byteSize, byteAlignment, 0);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        long zeroBytes = Math.max(MIN_ALIGNMENT, Sizes.alignUp(byteSize, MIN_ALIGNMENT));
        int unit = popQuick(byteSize, byteAlignment);
        if (unit == QuickLists.NONE) {
            return allocateSlow(byteSize, byteAlignment, zeroBytes);
        }
        OffHeapMemory.zeroGranules(addressOf(unit), zeroBytes);
        return addressOf(unit);
    }

    private int popQuick(long byteSize, long byteAlignment) {
        // Blocks are aligned to their size, so alignment is size.
        long blockBytes = Math.max(byteSize, byteAlignment);
        if (byteSize < 0 || blockBytes > largestQuickBytes) {
            return QuickLists.NONE;
        }
        int order = orderOf(blockBytes);
        int unit = quick.pop(order);
        if (unit != QuickLists.NONE) {
            states.becomeLive(unit, order);
            allocateCount++;
        }
        return unit;
    }

    private int orderOf(long byteSize) {
        return Sizes.log2Up(Math.max(byteSize, minBlockBytes)) - unitShift;
    }

    @SlowPath
    private long allocateSlow(long byteSize, long byteAlignment, long zeroBytes) {
        if (Long.compareUnsigned(byteSize, chunkBytes) > 0 || byteAlignment > chunkBytes) {
            return NULL;
        }
        int order = orderOf(Math.max(byteSize, byteAlignment));
        int unit = held.cut(order, zeroBytes);
        if (unit == BuddyTiling.NONE) {
            return NULL;
        }
        states.setLive(unit, order);
        allocateCount++;
        return addressOf(unit);
    }

    @Override
    public FreeOutcome free(long address) {
        long offset = address - base;
        if (Long.compareUnsigned(offset, blocksBytes) < 0 && (offset & minBlockBytes - 1) == 0) {
            int unit = (int) (offset >>> unitShift);
            int order = states.order(unit);
            if (states.isLive(unit) && order < quickOrders && quick.push(order, unit)) {
                states.becomeFree(unit, order);
                return FreeOutcome.FREED;
            }
        }
        return freeSlow(address);
    }

    @SlowPath
    private FreeOutcome freeSlow(long address) {
        FreeOutcome refusal = refusal(address);
        if (refusal != FreeOutcome.FREED) {
            refusedFreeCount++;
            return refusal;
        }
        int unit = unitOf(address);
        int order = states.order(unit);
        if (order >= quickOrders || quickBytes == 0 || !quick.add(order, unit)) {
            tiling.giveBack(unit, order);
        }
        // A block that was joined to one before it keeps a mark of its own.
        if (states.isLive(unit)) {
            states.becomeFree(unit, order);
        }
        return FreeOutcome.FREED;
    }

    /** Why the address cannot be freed, or FREED where it can. */
    private FreeOutcome refusal(long address) {
        if (!region.owns(address)) {
            return FreeOutcome.FOREIGN;
        }
        int unit = unitOf(address);
        if ((address & (1L << unitShift) - 1) != 0 || unit >= units) {
            return FreeOutcome.NOT_A_BLOCK;
        }
        if (states.isLive(unit)) {
            return FreeOutcome.FREED;
        }
        return states.isFree(unit) ? FreeOutcome.ALREADY_FREE : FreeOutcome.NOT_A_BLOCK;
    }

    @Override
    public long reallocate(long address, long byteSize) {
        long usable = usableSize(address);
        if (usable < 0 || byteSize < 0 || byteSize > chunkBytes) {
            return NULL;
        }
        // A block stays until half of it would be unused, and grows into free buddies above it.
        boolean stays = byteSize <= usable ? byteSize > usable / 2 : growInPlace(address, byteSize);
        if (stays) {
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

    private boolean growInPlace(long address, long byteSize) {
        int unit = unitOf(address);
        int order = states.order(unit);
        int wanted = orderOf(byteSize);
        if (!tiling.grow(unit, order, wanted)) {
            return false;
        }
        states.becomeLive(unit, wanted);
        return true;
    }

    @Override
    public boolean owns(long address) {
        return region.owns(address);
    }

    @Override
    public long usableSize(long address) {
        return refusal(address) == FreeOutcome.FREED ? bytesOf(states.order(unitOf(address))) : -1;
    }

    private int unitOf(long address) {
        return (int) ((address - base) >>> unitShift);
    }

    private long addressOf(int unit) {
        return base + ((long) unit << unitShift);
    }

    private long bytesOf(int order) {
        return 1L << (unitShift + order);
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        long usedBytes = (tiling.takenUnits() - quick.heldUnits()) << unitShift;
        return new AllocatorStats(
                allocateCount,
                allocateCount - liveBlocks(),
                refusedFreeCount,
                usedBytes,
                region.committedBytes() - usedBytes,
                region.recordBytes() + tiling.heldBytes() + quick.heldBytes(),
                region.committedBytes(),
                region.peakCommittedBytes(),
                region.byteSize());
    }

    private long liveBlocks() {
        return tiling.takenBlocks() - quick.heldBlocks();
    }

    @Override
    public long purge() {
        held.flush();
        return tiling.purge(Math.max(0, Sizes.log2(SPAN_BYTES) - unitShift));
    }

    @Override
    public void validate() {
        region.validate();
        quick.validate();
        BuddyWalk walk = tiling.validate();
        check(walk.heldCount() == quick.heldBlocks(), "blocks neither live nor free == held in quick lists");
        check(walk.liveCount() == liveBlocks(), "live blocks == taken - held blocks");
        check(
                walk.liveUnits() == tiling.takenUnits() - quick.heldUnits(),
                "units of live blocks == taken - held units");
        check(allocateCount >= liveBlocks(), "live blocks <= allocated");
        check(stats().freeBytes() >= 0, "used <= committed");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("buddy: broken: " + equation);
        }
    }

    @Override
    public void close() {
        region.release();
    }
}
