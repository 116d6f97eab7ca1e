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
 * before them; the buddy of a block is the unit with the order's bit flipped. A byte for each unit says what starts there
 * (BlockStates), a bitmap for each order what is free there (FreeOrders): out of line, some 2 % of memory at 64-byte units.
 *
 * Freed blocks first go to a quick list of their order, whole, and serve the next request of that order: neither touches
 * more than the block's byte and the list. Quick lists hold quickBytes, or an eighth of committed memory where that is more;
 * beyond this they give up blocks in turn, which coalesce. Memory is committed when a block is handed out.
 *
 * Invariants: live + quick + free blocks tile the chunks in use;  no two free blocks are buddies;
 *   occupied == live + held, in blocks and in units;  a block lies at a multiple of its size
 */
public final class BuddyAllocator implements OffHeapAllocator {

    public static final long DEFAULT_MIN_BLOCK_BYTES = 64;
    public static final long DEFAULT_CHUNK_BYTES = 16L << 20;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;
    public static final long DEFAULT_QUICK_BYTES = 4L << 20;

    private static final long SPAN_BYTES = 64 << 10;
    /** Larger blocks cost more to fill than to split and merge. */
    private static final long LARGEST_QUICK_BYTES = 256 << 10;
    /** One part in 2^3 of committed memory may be held by quick lists. */
    private static final int QUICK_SHIFT = 3;

    private final long minBlockBytes;
    private final long chunkBytes;
    private final long quickBytes;
    private final long largestQuickBytes;
    private final int unitShift;
    private final int topOrder;
    private final int quickOrders;
    private final ReservedRegion region;
    private final long base;
    private final long blocksBytes;
    private final int units;
    private final BlockStates states;
    private final FreeOrders free;
    private final QuickLists quick;
    private final AllocatorTraits traits;

    private int unitsInChunks;
    private long occupiedUnits;
    private long occupiedBlocks;
    private long allocateCount;
    private long refusedFreeCount;

    /**
     * @param minBlockBytes smallest block, a power of two
     * @param chunkBytes largest block, a power of two
     * @param regionBytes address space to reserve; less is taken where there is not so much
     * @param quickBytes bytes that quick lists may hold however little is in use; 0 for no quick lists at all
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
        topOrder = Sizes.log2(chunkBytes) - unitShift;
        quickOrders = Math.min(topOrder, Math.max(0, Sizes.log2(LARGEST_QUICK_BYTES) - unitShift)) + 1;
        region = ReservedRegion.reserve(source, regionBytes, chunkBytes, chunkBytes, SPAN_BYTES);
        base = region.base();
        blocksBytes = region.byteSize() / chunkBytes * chunkBytes;
        units = (int) (blocksBytes >>> unitShift);
        states = new BlockStates(units, topOrder);
        free = new FreeOrders(topOrder + 1, units);
        quick = new QuickLists(unitsOfOrders(quickOrders));
        largestQuickBytes = bytesOf(quickOrders - 1);
        traits = traits(chunkBytes);
        limitQuickLists();
    }

    private static int[] unitsOfOrders(int orders) {
        int[] units = new int[orders];
        for (int order = 0; order < orders; order++) {
            units[order] = 1 << order;
        }
        return units;
    }

    private void limitQuickLists() {
        long bytes = quickBytes == 0 ? 0 : Math.max(quickBytes, region.committedBytes() >>> QUICK_SHIFT);
        quick.limit(bytes >>> unitShift);
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

    private long allocateSlow(long byteSize, long byteAlignment, long zeroBytes) {
        if (Long.compareUnsigned(byteSize, chunkBytes) > 0 || byteAlignment > chunkBytes) {
            return NULL;
        }
        int order = orderOf(Math.max(byteSize, byteAlignment));
        int unit = find(order);
        if (unit == FreeOrders.NONE) {
            return NULL;
        }
        int from = free.orderAt(unit, order);
        if (!commit(unit, order, zeroBytes)) {
            return NULL;
        }
        split(unit, from, order);
        states.setLive(unit, order);
        occupiedUnits += 1 << order;
        occupiedBlocks++;
        allocateCount++;
        limitQuickLists();
        return addressOf(unit);
    }

    /** A free block of the order or a larger one. */
    private int find(int order) {
        int unit = free.find(order);
        if (unit == FreeOrders.NONE && addChunk()) {
            unit = free.find(order);
        }
        if (unit == FreeOrders.NONE && quick.heldUnits() > 0) {
            flushQuickLists();
            unit = free.find(order);
        }
        return unit;
    }

    private boolean addChunk() {
        if (unitsInChunks == units) {
            return false;
        }
        putFree(unitsInChunks, topOrder);
        unitsInChunks += 1 << topOrder;
        return true;
    }

    private boolean commit(int unit, int order, long zeroBytes) {
        long from = (long) unit << unitShift;
        if (zeroBytes == 0) {
            return region.commit(from, from + bytesOf(order), false);
        }
        // What lies behind the requested bytes need not be zero.
        return region.commit(from, from + zeroBytes, true)
                && (zeroBytes == bytesOf(order) || region.commit(from + zeroBytes, from + bytesOf(order), false));
    }

    /** Takes a free block and gives the upper halves back until it has the order wanted. */
    private void split(int unit, int from, int order) {
        free.remove(unit, from);
        for (int half = from - 1; half >= order; half--) {
            putFree(unit + (1 << half), half);
        }
    }

    private void putFree(int unit, int order) {
        states.setFree(unit, order);
        free.add(unit, order);
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

    private FreeOutcome freeSlow(long address) {
        FreeOutcome refusal = refusal(address);
        if (refusal != FreeOutcome.FREED) {
            refusedFreeCount++;
            return refusal;
        }
        int unit = unitOf(address);
        int order = states.order(unit);
        states.becomeFree(unit, order);
        if (order < quickOrders && quick.couldHold(order)) {
            keep(order, unit);
        } else {
            giveBack(unit, order);
        }
        return FreeOutcome.FREED;
    }

    /** Puts a block into its quick list, and takes others out of theirs for it. */
    private void keep(int order, int unit) {
        while (!quick.isRoom(order)) {
            int victim = quick.victim();
            giveBack(quick.pop(victim), victim);
        }
        quick.add(order, unit);
    }

    private void giveBack(int unit, int order) {
        occupiedUnits -= 1 << order;
        occupiedBlocks--;
        coalesce(unit, order);
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

    private void coalesce(int unit, int order) {
        int first = unit;
        int merged = order;
        while (merged < topOrder && free.isFree(first ^ 1 << merged, merged)) {
            int buddy = first ^ 1 << merged;
            free.remove(buddy, merged);
            first = Math.min(first, buddy);
            merged++;
        }
        putFree(first, merged);
    }

    private void flushQuickLists() {
        for (int order = 0; order < quickOrders; order++) {
            for (int unit = quick.pop(order); unit != QuickLists.NONE; unit = quick.pop(order)) {
                giveBack(unit, order);
            }
        }
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
        if ((unit & (1 << wanted) - 1) != 0) {
            return false;
        }
        for (int k = order; k < wanted; k++) {
            if (!free.isFree(unit + (1 << k), k)) {
                return false;
            }
        }
        if (!commit(unit, wanted, 0)) {
            return false;
        }
        for (int k = order; k < wanted; k++) {
            free.remove(unit + (1 << k), k);
        }
        states.becomeLive(unit, wanted);
        occupiedUnits += (1 << wanted) - (1 << order);
        limitQuickLists();
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
        long usedBytes = (occupiedUnits - quick.heldUnits()) << unitShift;
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
        long bytes = 0;
        int least = Math.max(0, Sizes.log2(SPAN_BYTES) - unitShift);
        for (int order = least; order <= topOrder; order++) {
            for (int unit = free.next(order, 0); unit != FreeOrders.NONE; unit = free.next(order, unit + 1)) {
                long from = (long) unit << unitShift;
                bytes += region.purge(from, from + bytesOf(order));
            }
        }
        limitQuickLists();
        return bytes;
    }

    @Override
    public void validate() {
        region.validate();
        free.validate();
        quick.validate();
        BuddyWalk walk = new BuddyWalk(states, free, topOrder);
        walk.tile(unitsInChunks);
        check(walk.heldCount() == quick.heldBlocks(), "blocks neither live nor free == held in quick lists");
        check(walk.liveCount() == liveBlocks(), "live blocks == occupied - held blocks");
        check(walk.liveUnits() == occupiedUnits - quick.heldUnits(), "units of live blocks == occupied - held units");
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
