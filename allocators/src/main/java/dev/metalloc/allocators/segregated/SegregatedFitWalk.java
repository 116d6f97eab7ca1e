// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.layout.SparseBitmap;
import dev.metalloc.allocators.layout.SparseBytes;

/** Walks the blocks of a segregated fit allocator from end to end, checks that they tile it, and counts them. */
final class SegregatedFitWalk {

    private final SparseBitmap starts;
    private final SparseBytes live;
    private final FreeBlocks free;
    private final QuickSizes sizes;
    private long liveGranules;
    private long liveCount;
    private long heldCount;
    private int freeCount;

    SegregatedFitWalk(SparseBitmap starts, SparseBytes live, FreeBlocks free, QuickSizes sizes) {
        this.starts = starts;
        this.live = live;
        this.free = free;
        this.sizes = sizes;
    }

    void tile(int end) {
        boolean wasFree = false;
        check(end == 0 || starts.get(0), "blocks tile the region from its start");
        for (int start = 0; start < end; ) {
            int next = starts.next(start + 1);
            check(next > start, "every block ends");
            boolean isFree = isFree(start, next - start);
            check(!(isFree && wasFree), "no two free blocks adjoin");
            count(start, next - start, isFree);
            wasFree = isFree;
            start = next;
        }
        check(freeCount == free.count(), "free blocks in the region == listed");
        checkLiveBlocksStart(end);
    }

    private boolean isFree(int start, int granules) {
        int node = free.find(start);
        check(node == FreeBlocks.NONE || free.granules(node) == granules, "a free block ends where the next starts");
        return node != FreeBlocks.NONE;
    }

    private void count(int start, int granules, boolean isFree) {
        int mark = live.get(start);
        check(!(isFree && mark != 0), "no block is free and live");
        if (isFree) {
            freeCount++;
        } else if (mark == 0) {
            heldCount++;
        } else {
            boolean isNumbered = mark != SegregatedFitAllocator.LIVE_UNNUMBERED;
            int index = mark & ~SegregatedFitAllocator.LIVE;
            check(!isNumbered || sizes.granules(index) == granules, "a live block has the size of its number");
            liveCount++;
            liveGranules += granules;
        }
    }

    private void checkLiveBlocksStart(int end) {
        for (int start = live.next(0); start != SparseBytes.NONE; start = live.next(start + 1)) {
            check(start < end && starts.get(start), "every live block starts");
        }
    }

    long liveGranules() {
        return liveGranules;
    }

    long liveCount() {
        return liveCount;
    }

    long heldCount() {
        return heldCount;
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("segregated: broken: " + equation);
        }
    }
}
