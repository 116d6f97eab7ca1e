// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.ReservedRegion;

/**
 * Cuts a region into blocks and puts freed ones together again.
 *
 * <p>Confined. Starts and sizes are counted in granules of 16 bytes.
 */
/* Implementation notes
 *
 * The region below the top is tiled by blocks. What lies above the top is free, and is used where no free block fits; a block that
 * comes back and ends at the top lowers it. So blocks that come back in the reverse order of their cutting, whatever their sizes,
 * cost no more than moving the top. Memory is committed as blocks are cut.
 *
 * Who cuts a block sets its tag, and clears it before the block is given back.
 *
 * Invariants: blocks tile the region below the top;  no two free blocks adjoin, nor a free block and the top;
 *   tags from the top on are 0;  memory is committed behind taken blocks
 */
final class BlockTiling {

    static final int NONE = -1;
    static final int GRANULE_SHIFT = 4;

    private final ReservedRegion region;
    private final int granulesInRegion;
    private final BlockTags tags;
    private final FreeBlocks free;

    private int top;
    /** Memory is behind all granules from the top to this one, and was in use before; without meaning where it lies below the top. */
    private int readyEnd;
    /** Whether a free block may be without memory. */
    private boolean mayLackMemory;

    private long takenBlocks;
    private long takenGranules;

    BlockTiling(ReservedRegion region, BlockTags tags) {
        this.region = region;
        this.tags = tags;
        granulesInRegion = (int) (region.byteSize() >>> GRANULE_SHIFT);
        free = new FreeBlocks(tags);
    }

    int top() {
        return top;
    }

    FreeBlocks free() {
        return free;
    }

    long takenBlocks() {
        return takenBlocks;
    }

    long takenGranules() {
        return takenGranules;
    }

    /** Cuts a block of a size that is the lower bound of a bin; answers its start, or NONE where there is no room or no memory. */
    int cut(int granules, int alignment, boolean zeroed) {
        int start = cutReady(granules, alignment, zeroed);
        return start == NONE ? cutTop(granules, alignment, zeroed) : start;
    }

    /** As {@link #cut}, but for the memory above the top that is not ready. */
    int cutReady(int granules, int alignment, boolean zeroed) {
        int wanted = alignment == 1 ? granules : Bins.roundUp(granules + alignment - 1);
        int found = free.take(wanted);
        if (found != FreeBlocks.NONE) {
            return counted(cutFree(found, granules, alignment, zeroed), granules);
        }
        return Sizes.alignUp(top, alignment) + granules <= readyEnd ? cutTop(granules, alignment, zeroed) : NONE;
    }

    /** Cuts a block from what lies above the top. */
    int cutTop(int granules, int alignment, boolean zeroed) {
        long start = Sizes.alignUp(top, alignment);
        long end = start + granules;
        if (end <= readyEnd && start == top && !zeroed) {
            top = (int) end;
            return counted((int) start, granules);
        }
        return end > granulesInRegion || !raiseTop((int) start, (int) end, zeroed)
                ? NONE
                : counted((int) start, granules);
    }

    private int counted(int start, int granules) {
        if (start != NONE) {
            takenBlocks++;
            takenGranules += granules;
        }
        return start;
    }

    @SlowPath
    private boolean raiseTop(int start, int end, boolean zeroed) {
        // Blocks are cut up to the end of the span without asking again, so tags must reach as far.
        int spanEnd = (int) Sizes.alignUp(end, region.spanBytes() >>> GRANULE_SHIFT);
        if (!tags.reach(spanEnd)
                || !region.commit((long) start << GRANULE_SHIFT, (long) end << GRANULE_SHIFT, zeroed)) {
            return false;
        }
        readyEnd = Math.max(readyEnd, spanEnd);
        if (start != top) {
            mayLackMemory = true;
            insertFree(top, start - top);
        }
        top = end;
        return true;
    }

    private int cutFree(int blockStart, int granules, int alignment, boolean zeroed) {
        int blockGranules = tags.freeFrom(blockStart);
        int blockEnd = blockStart + blockGranules;
        int start = (int) Sizes.alignUp(blockStart, alignment);
        int end = start + granules;
        if (!commit(start, end, zeroed)) {
            free.add(blockStart, blockGranules);
            return NONE;
        }
        tags.clearFree(blockStart, blockGranules);
        if (start != blockStart) {
            insertFree(blockStart, start - blockStart);
        }
        if (end != blockEnd) {
            insertFree(end, blockEnd - end);
        }
        return start;
    }

    /** Sees to it that memory is behind what was free, and zero where asked. */
    private boolean commit(int start, int end, boolean zeroed) {
        return (!mayLackMemory && !zeroed)
                || region.commit((long) start << GRANULE_SHIFT, (long) end << GRANULE_SHIFT, zeroed);
    }

    private void insertFree(int start, int granules) {
        tags.setFree(start, granules);
        free.add(start, granules);
    }

    /** Takes back a block whose tag is cleared. */
    void giveBack(int start, int granules) {
        takenBlocks--;
        join(start, granules);
    }

    /** Joins what was taken with its free neighbours, or with what lies above the top. */
    private void join(int start, int granules) {
        takenGranules -= granules;
        int end = start + granules;
        if (end == top) {
            lowerTop(start);
            return;
        }
        int after = tags.freeFrom(end);
        if (after != 0) {
            tags.clearFree(end, after);
            end += after;
        }
        int before = tags.freeBefore(start);
        if (before != 0) {
            tags.clearFree(start - before, before);
        }
        insertJoined(start - before, before, end - start + before);
    }

    /** Enters a free block unless the part of it that was free before, if there was one, is its entry already. */
    private void insertJoined(int start, int before, int granules) {
        tags.setFree(start, granules);
        if (before == 0 || Bins.of(before) != Bins.of(granules)) {
            free.add(start, granules);
        }
    }

    /** Adds a block that ends at the top, and the free block before it, to what lies above. */
    private void lowerTop(int start) {
        int before = tags.freeBefore(start);
        if (before != 0) {
            tags.clearFree(start - before, before);
            readyEnd = mayLackMemory ? 0 : readyEnd;
        }
        top = start - before;
    }

    /** Gives back what a taken block has above a lesser size. */
    void shrink(int start, int granules, int wanted) {
        join(start + wanted, granules - wanted);
    }

    /** Makes a taken block larger where what follows it is free; false where it cannot be done. */
    boolean grow(int start, int granules, int wanted) {
        int end = start + granules;
        if (end == top ? !growIntoTop(start, wanted) : !growIntoFree(start, end, wanted)) {
            return false;
        }
        takenGranules += wanted - granules;
        return true;
    }

    private boolean growIntoFree(int start, int end, int wanted) {
        int after = tags.freeFrom(end);
        int newEnd = start + wanted;
        if (after < newEnd - end || !commit(end, newEnd, false)) {
            return false;
        }
        tags.clearFree(end, after);
        if (newEnd != end + after) {
            insertFree(newEnd, end + after - newEnd);
        }
        return true;
    }

    private boolean growIntoTop(int start, int wanted) {
        long newTop = (long) start + wanted;
        return newTop <= granulesInRegion && raiseTop(top, (int) newTop, false);
    }

    /** Purges what is free; returns the bytes given back. */
    long purge() {
        long bytes = purge(top, granulesInRegion);
        for (int bin = Bins.of((int) (region.spanBytes() >>> GRANULE_SHIFT)); bin < Bins.COUNT; bin++) {
            for (int at = 0; at < free.entries(bin); at++) {
                int start = free.entry(bin, at);
                if (start != FreeBlocks.NONE) {
                    bytes += purge(start, start + tags.freeFrom(start));
                }
            }
        }
        readyEnd = 0;
        mayLackMemory = true;
        return bytes;
    }

    private long purge(int start, int end) {
        tags.discard(start + BlockTags.LEAST_UNNUMBERED, end - BlockTags.LEAST_UNNUMBERED);
        return region.purge((long) start << GRANULE_SHIFT, (long) end << GRANULE_SHIFT);
    }

    /**
     * Checks the top; blocks are walked by {@link SegregatedFitWalk}.
     *
     * @throws IllegalStateException naming the first equation that does not hold
     */
    void validate() {
        if (top != 0 && tags.freeBefore(top) != 0) {
            throw new IllegalStateException("segregated: broken: no free block below the top");
        }
    }
}
