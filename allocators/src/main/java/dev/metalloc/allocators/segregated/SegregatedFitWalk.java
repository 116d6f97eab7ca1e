// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.layout.QuickLists;
import dev.metalloc.allocators.layout.SparseBitmap;

/** Walks the blocks of a segregated fit allocator from end to end and checks its equations. */
final class SegregatedFitWalk {

    private SegregatedFitWalk() {}

    static void validate(
            SparseBitmap starts, SparseBitmap live, FreeBlocks free, QuickLists quick, int end, long usedGranules) {
        long liveGranules = 0;
        int freeCount = 0;
        int heldCount = 0;
        boolean wasFree = false;
        check(end == 0 || starts.get(0), "blocks tile the region from its start");
        for (int start = 0; start < end; ) {
            int next = starts.next(start + 1);
            check(next > start, "every block ends");
            int node = free.find(start);
            boolean isFree = node != FreeBlocks.NONE;
            check(!isFree || free.granules(node) == next - start, "a free block ends where the next starts");
            check(!(isFree && wasFree), "no two free blocks adjoin");
            check(!(isFree && live.get(start)), "no block is free and live");
            if (live.get(start)) {
                liveGranules += next - start;
            } else if (isFree) {
                freeCount++;
            } else {
                heldCount++;
            }
            wasFree = isFree;
            start = next;
        }
        check(liveGranules == usedGranules, "granules of live blocks == used granules");
        check(freeCount == free.count(), "free blocks in the region == listed");
        check(heldCount == heldCount(quick), "blocks neither live nor free == held in quick lists");
        validateSubset(starts, live, end);
    }

    private static void validateSubset(SparseBitmap starts, SparseBitmap live, int end) {
        for (int start = live.next(0); start >= 0 && start < end; start = live.next(start + 1)) {
            check(starts.get(start), "every live block starts");
        }
    }

    static long liveCount(SparseBitmap live, int end) {
        long count = 0;
        for (int start = live.next(0); start >= 0 && start < end; start = live.next(start + 1)) {
            count++;
        }
        return count;
    }

    private static int heldCount(QuickLists quick) {
        int count = 0;
        for (int bin = 0; bin < quick.sizes(); bin++) {
            count += quick.count(bin);
        }
        return count;
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("segregated: broken: " + equation);
        }
    }
}
