// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.layout.SparseBitmap;

/** Walks the blocks of a segregated fit allocator from end to end, checks that their tags tile it, and counts them. */
final class SegregatedFitWalk {

    private final BlockTags tags;
    private final TakenBlocks taken;
    private final SparseBitmap free;
    private long liveGranules;
    private long liveCount;
    private long heldCount;

    SegregatedFitWalk(BlockTags tags, TakenBlocks taken, int granulesInRegion) {
        this.tags = tags;
        this.taken = taken;
        free = new SparseBitmap(granulesInRegion);
    }

    void tile(int end) {
        boolean wasFree = false;
        for (int start = 0; start < end; ) {
            int granules = tags.freeFrom(start);
            boolean isFree = granules != 0;
            check(!(isFree && wasFree), "no two free blocks adjoin");
            int next = start + (isFree ? countFree(start, granules) : countTaken(start));
            check(next > start && next <= end, "blocks tile the region below the top");
            wasFree = isFree;
            start = next;
        }
        if (tags.exist()) {
            checkZero(end, end + Long.BYTES);
        }
    }

    private int countFree(int start, int granules) {
        check(
                tags.freeBefore(start + granules) == granules,
                "a free block is as long before its end as from its start");
        free.set(start);
        if (granules < BlockTags.LEAST_UNNUMBERED) {
            checkZero(start + 1, start + granules - 1);
        } else {
            checkZero(start + Long.BYTES, start + granules - Long.BYTES);
        }
        return granules;
    }

    private int countTaken(int start) {
        int tag = tags.tag(start);
        check(BlockTags.isStart(tag), "a block starts where another ends");
        int granules = taken.granules(start);
        checkZero(start + (BlockTags.number(tag) < 0 ? Long.BYTES : 1), start + granules);
        if (BlockTags.isLive(tag)) {
            liveCount++;
            liveGranules += granules;
        } else {
            heldCount++;
        }
        return granules;
    }

    private void checkZero(int from, int to) {
        for (int granule = from; granule < to; granule++) {
            check(tags.tag(granule) == 0, "no tag lies within a block or above the top");
        }
    }

    /** A bit for each start of a free block. */
    SparseBitmap free() {
        return free;
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
