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
 * Freed blocks first go to a quick list of their order, whole; they coalesce only when it is full. A pair of allocate and
 * free thus does not split and merge through all orders. Memory is committed when a block is handed out.
 *
 * Invariants: live + quick + free blocks tile the chunks in use;  no two free blocks are buddies;
 *   bytes of live blocks == usedBytes;  a block lies at a multiple of its size
 */
public final class BuddyAllocator implements OffHeapAllocator {

    public static final long DEFAULT_MIN_BLOCK_BYTES = 64;
    public static final long DEFAULT_CHUNK_BYTES = 16L << 20;
    public static final long DEFAULT_REGION_BYTES = 16L << 30;
    public static final long DEFAULT_QUICK_BYTES = 1L << 20;

    private static final long SPAN_BYTES = 64 << 10;
    /** Larger blocks cost more to fill than to split and merge. */
    private static final long LARGEST_QUICK_BYTES = 256 << 10;

    private final long chunkBytes;
    private final int unitShift;
    private final int topOrder;
    private final int quickOrders;
    private final ReservedRegion region;
    private final int units;
    private final BlockStates states;
    private final FreeOrders free;
    private final QuickLists quick;
    private final AllocatorTraits traits;

    private int usedUnits;
    private int unitsInChunks;
    private long allocateCount;
    private long freeCount;
    private long refusedFreeCount;

    /**
     * @param minBlockBytes smallest block, a power of two
     * @param chunkBytes largest block, a power of two
     * @param regionBytes address space to reserve; less is taken where there is not so much
     */
    public BuddyAllocator(ChunkSource source, long minBlockBytes, long chunkBytes, long regionBytes, long quickBytes) {
        Sizes.requirePowerOfTwo("minBlockBytes", minBlockBytes, MIN_ALIGNMENT, 1L << 20);
        Sizes.requirePowerOfTwo("chunkBytes", chunkBytes, Math.max(SPAN_BYTES, minBlockBytes), 1L << 30);
        Sizes.requireRange("regionBytes", regionBytes, chunkBytes, minBlockBytes << 30);
        Sizes.requireRange("quickBytes", quickBytes, 0, regionBytes);
        this.chunkBytes = chunkBytes;
        unitShift = Sizes.log2(minBlockBytes);
        topOrder = Sizes.log2(chunkBytes) - unitShift;
        quickOrders = Math.min(topOrder, Math.max(0, Sizes.log2(LARGEST_QUICK_BYTES) - unitShift)) + 1;
        region = ReservedRegion.reserve(source, regionBytes, chunkBytes, chunkBytes, SPAN_BYTES);
        units = (int) ((region.byteSize() / chunkBytes * chunkBytes) >>> unitShift);
        states = new BlockStates(units, topOrder);
        free = new FreeOrders(topOrder + 1, units);
        quick = new QuickLists(quickOrders, quickBytes);
        traits = traits(chunkBytes);
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
        return allocate(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment, true);
    }

    private long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        if (Long.compareUnsigned(byteSize, chunkBytes) > 0 || byteAlignment > chunkBytes) {
            return NULL;
        }
        // Blocks are aligned to their size, so alignment is size.
        int order = orderOf(Math.max(byteSize, byteAlignment));
        long zeroBytes = zeroed ? Math.max(MIN_ALIGNMENT, Sizes.alignUp(byteSize, MIN_ALIGNMENT)) : 0;
        if (order < quickOrders) {
            int unit = quick.pop(order, bytesOf(order));
            if (unit != QuickLists.NONE) {
                return handOutQuick(unit, order, zeroBytes);
            }
        }
        return allocateSlow(order, zeroBytes);
    }

    private int orderOf(long byteSize) {
        return byteSize <= 1L << unitShift ? 0 : Sizes.log2Up(byteSize) - unitShift;
    }

    private long handOutQuick(int unit, int order, long zeroBytes) {
        long address = addressOf(unit);
        if (zeroBytes != 0) {
            OffHeapMemory.zeroGranules(address, zeroBytes);
        }
        handOut(unit, order);
        return address;
    }

    private void handOut(int unit, int order) {
        states.setLive(unit, order);
        usedUnits += 1 << order;
        allocateCount++;
    }

    private long allocateSlow(int order, long zeroBytes) {
        int unit = find(order);
        if (unit == FreeOrders.NONE) {
            return NULL;
        }
        int from = free.orderAt(unit, order);
        if (!commit(unit, order, zeroBytes)) {
            return NULL;
        }
        split(unit, from, order);
        handOut(unit, order);
        return addressOf(unit);
    }

    /** A free block of the order or a larger one. */
    private int find(int order) {
        int unit = free.find(order);
        if (unit == FreeOrders.NONE && addChunk()) {
            unit = free.find(order);
        }
        if (unit == FreeOrders.NONE && quick.heldBytes() > 0) {
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
        FreeOutcome refusal = refusal(address);
        if (refusal != FreeOutcome.FREED) {
            refusedFreeCount++;
            return refusal;
        }
        int unit = unitOf(address);
        int order = states.order(unit);
        states.setFree(unit, order);
        usedUnits -= 1 << order;
        freeCount++;
        if (order >= quickOrders || !quick.push(order, unit, bytesOf(order))) {
            coalesce(unit, order);
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
            while (quick.count(order) > 0) {
                coalesce(quick.pop(order, bytesOf(order)), order);
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
        states.setLive(unit, wanted);
        usedUnits += (1 << wanted) - (1 << order);
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
        return (int) ((address - region.base()) >>> unitShift);
    }

    private long addressOf(int unit) {
        return region.base() + ((long) unit << unitShift);
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
        long usedBytes = (long) usedUnits << unitShift;
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
        long bytes = 0;
        int least = Math.max(0, Sizes.log2(SPAN_BYTES) - unitShift);
        for (int order = least; order <= topOrder; order++) {
            for (int unit = free.next(order, 0); unit != FreeOrders.NONE; unit = free.next(order, unit + 1)) {
                long from = (long) unit << unitShift;
                bytes += region.purge(from, from + bytesOf(order));
            }
        }
        return bytes;
    }

    @Override
    public void validate() {
        region.validate();
        free.validate();
        BuddyWalk walk = new BuddyWalk(states, free, topOrder);
        walk.tile(unitsInChunks);
        check(walk.liveUnits() == usedUnits, "units of live blocks == used units");
        check(walk.liveCount() == allocateCount - freeCount, "live blocks == allocated - freed");
        check(walk.heldCount() == heldCount(), "blocks neither live nor free == held in quick lists");
        check(stats().freeBytes() >= 0, "used <= committed");
    }

    private int heldCount() {
        int count = 0;
        for (int order = 0; order < quickOrders; order++) {
            count += quick.count(order);
        }
        return count;
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
