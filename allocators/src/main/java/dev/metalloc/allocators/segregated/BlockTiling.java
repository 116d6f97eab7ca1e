// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SparseBitmap;
import dev.metalloc.allocators.source.ReservedRegion;

/**
 * Cuts blocks from a region by two-level good fit and coalesces them when they come back.
 *
 * <p>Confined. Blocks and sizes are counted in granules of 16 bytes.
 */
/* Implementation notes
 *
 * The region below the top is tiled by blocks. What lies above the top is free, and is used where no free block fits; a block that
 * comes back and ends at the top lowers it. So blocks that come back in the reverse order of their cutting, whatever their sizes,
 * cost no more than moving the top. Memory is committed as blocks are cut.
 *
 * A bit is set where a block starts, and at the top. A block ends where the next one starts, so its size is the distance to the next
 * bit. A bit behind the last granule ends the region. A block is free where it is a node of the free blocks, else it is taken.
 *
 * Invariants: blocks tile the region below the top;  no two free blocks adjoin, nor a free block and the top;
 *   memory is committed behind taken blocks
 */
final class BlockTiling {

    static final int NONE = -1;
    static final int GRANULE_SHIFT = 4;

    private final ReservedRegion region;
    private final int granulesInRegion;
    private final SparseBitmap starts;
    private final FreeBlocks free = new FreeBlocks();

    private int top;
    /** Memory is behind all granules from the top to this one, and was in use before; without meaning where it lies below the top. */
    private int readyEnd;

    BlockTiling(ReservedRegion region) {
        this.region = region;
        granulesInRegion = (int) (region.byteSize() >>> GRANULE_SHIFT);
        starts = new SparseBitmap(granulesInRegion + 1L);
        starts.set(granulesInRegion);
        starts.set(top);
    }

    int top() {
        return top;
    }

    SparseBitmap starts() {
        return starts;
    }

    FreeBlocks free() {
        return free;
    }

    boolean isStart(int granule) {
        return starts.get(granule);
    }

    /** Where the block that starts at a granule ends. */
    int end(int start) {
        return starts.next(start + 1);
    }

    /** Cuts a block of a size that is the lower bound of a bin; answers its start, or NONE where there is no room or no memory. */
    int cut(int granules, int alignment, boolean zeroed) {
        int wanted = alignment == 1 ? granules : Bins.roundUp(granules + alignment - 1);
        int node = free.fit(wanted);
        return node == FreeBlocks.NONE
                ? cutTop(granules, alignment, zeroed)
                : cutNode(node, granules, alignment, zeroed);
    }

    private int cutTop(int granules, int alignment, boolean zeroed) {
        long start = Sizes.alignUp(top, alignment);
        long end = start + granules;
        if (end <= readyEnd && start == top && !zeroed) {
            return takeTop((int) start, (int) end);
        }
        if (end > granulesInRegion || !region.commit(start << GRANULE_SHIFT, end << GRANULE_SHIFT, zeroed)) {
            return NONE;
        }
        readyEnd = Math.max(readyEnd, (int) Sizes.alignUp(end, region.spanBytes() >>> GRANULE_SHIFT));
        if (start != top) {
            insertFree(top, (int) start - top);
        }
        return takeTop((int) start, (int) end);
    }

    private int takeTop(int start, int end) {
        starts.set(start);
        starts.set(end);
        top = end;
        return start;
    }

    private int cutNode(int node, int granules, int alignment, boolean zeroed) {
        int blockStart = free.start(node);
        int blockEnd = blockStart + free.granules(node);
        int start = (int) Sizes.alignUp(blockStart, alignment);
        int end = start + granules;
        if (!commit(start, end, zeroed)) {
            return NONE;
        }
        free.remove(node);
        if (start != blockStart) {
            insertFree(blockStart, start - blockStart);
            starts.set(start);
        }
        if (end != blockEnd) {
            insertFree(end, blockEnd - end);
        }
        return start;
    }

    private boolean commit(int start, int end, boolean zeroed) {
        return region.commit((long) start << GRANULE_SHIFT, (long) end << GRANULE_SHIFT, zeroed);
    }

    private void insertFree(int start, int granules) {
        free.insert(start, granules);
        starts.set(start);
    }

    /** Takes a block back: joins it with its free neighbours, or with what lies above the top. */
    void giveBack(int start, int granules) {
        int first = start;
        int end = start + granules;
        if (end == top) {
            lowerTop(start);
            return;
        }
        int after = free.find(end);
        if (after != FreeBlocks.NONE) {
            starts.clear(end);
            end += free.granules(after);
            free.remove(after);
        }
        int before = starts.previous(start - 1);
        int node = before < 0 ? FreeBlocks.NONE : free.find(before);
        if (node != FreeBlocks.NONE) {
            starts.clear(start);
            first = before;
            free.remove(node);
        }
        free.insert(first, end - first);
    }

    /** Adds a block that ends at the top, and the free block before it, to what lies above. */
    private void lowerTop(int start) {
        if (top != granulesInRegion) {
            starts.clear(top);
        }
        top = start;
        int before = starts.previous(start - 1);
        int node = before < 0 ? FreeBlocks.NONE : free.find(before);
        if (node != FreeBlocks.NONE) {
            free.remove(node);
            starts.clear(start);
            top = before;
            // A free block may have been purged.
            readyEnd = 0;
        }
    }

    /** Gives back what a taken block has above a lesser size. */
    void shrink(int start, int granules, int wanted) {
        starts.set(start + wanted);
        giveBack(start + wanted, granules - wanted);
    }

    /** Makes a taken block larger where what follows it is free; false where it cannot be done. */
    boolean grow(int start, int granules, int wanted) {
        int end = start + granules;
        if (end == top) {
            return growIntoTop(start, wanted);
        }
        int node = free.find(end);
        if (node == FreeBlocks.NONE || free.granules(node) < wanted - granules) {
            return false;
        }
        int freeEnd = end + free.granules(node);
        int newEnd = start + wanted;
        if (!commit(end, newEnd, false)) {
            return false;
        }
        free.remove(node);
        starts.clear(end);
        if (newEnd != freeEnd) {
            insertFree(newEnd, freeEnd - newEnd);
        }
        return true;
    }

    private boolean growIntoTop(int start, int wanted) {
        long newTop = (long) start + wanted;
        if (newTop > granulesInRegion || !commit(top, (int) newTop, false)) {
            return false;
        }
        starts.clear(top);
        top = (int) newTop;
        starts.set(top);
        return true;
    }

    /** Purges what is free; returns the bytes given back. */
    long purge() {
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

    /**
     * Checks the free blocks and the top; blocks are walked by {@link SegregatedFitWalk}.
     *
     * @throws IllegalStateException naming the first equation that does not hold
     */
    void validate() {
        free.validate();
        check(top == 0 || free.find(starts.previous(top - 1)) == FreeBlocks.NONE, "no free block below the top");
        check(starts.get(top), "the top is marked as a start");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("segregated: broken: " + equation);
        }
    }
}
