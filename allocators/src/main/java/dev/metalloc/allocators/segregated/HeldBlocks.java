// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.layout.QuickLists;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import java.util.Arrays;

/**
 * Freed blocks of numbered sizes that are kept whole for the next request of their number, or of the one below.
 *
 * <p>Confined. To the tiling they are taken. Before more memory is committed as many as are needed go back to it, where they hold
 * more than {@code quickBytes} and more than one part in {@code quickShare} of committed memory.
 */
/* Implementation notes
 *
 * As long as nothing is committed, what is held costs nobody anything: a program in balance never sees a block joined or cut. One that
 * grows has what it freed joined before it gets more, and no block more than once for each time it was freed. No more is joined than
 * is needed: what a program drops it often builds again.
 */
final class HeldBlocks {

    static final int NONE = QuickLists.NONE;

    /** Of granules at a time: a page's part, so that what is given back finds neighbours. */
    private static final int LEAST_GIVEN = 64;
    /** One part in 2^1, as far as the next size but one of the widest usual spacing. */
    private static final int MOST_LARGER_SHIFT = 1;

    private final BlockTags tags;
    private final QuickSizes sizes;
    private final BlockTiling tiling;
    private final QuickLists quick;
    private final long quickBytes;
    private final int quickShift;

    /** @param quickShare a power of two */
    HeldBlocks(BlockTags tags, QuickSizes sizes, BlockTiling tiling, long quickBytes, long quickShare) {
        this.tags = tags;
        this.sizes = sizes;
        this.tiling = tiling;
        this.quickBytes = quickBytes;
        this.quickShift = Sizes.log2(quickShare);
        // One more, that stays empty, for sizes without a number.
        quick = new QuickLists(Arrays.copyOf(sizes.all(), sizes.count() + 1), quickBytes != 0);
    }

    /** Of its arrays, and of the sizes. */
    long heldBytes() {
        return quick.heldBytes() + sizes.heldBytes();
    }

    /**
     * Gives back blocks of at least so many granules in all where more are held than may be while memory is committed; false where
     * nothing was given.
     */
    boolean makeWay(int granules, long committedBytes) {
        long mostBytes = Math.max(quickBytes, committedBytes >>> quickShift);
        if (quick.heldUnits() <= mostBytes >>> BlockTiling.GRANULE_SHIFT) {
            return false;
        }
        int wanted = Math.max(granules, LEAST_GIVEN);
        int first = granules <= sizes.largest() ? sizes.indexOf(granules) : sizes.count();
        // Larger blocks will do as they are; smaller ones have to be neighbours, large ones sooner than small ones.
        for (int number = first; number < sizes.count() && wanted > 0; number++) {
            wanted -= giveBackSome(number, wanted);
        }
        for (int number = first - 1; number >= 0 && wanted > 0; number--) {
            wanted -= giveBackSome(number, wanted);
        }
        return true;
    }

    /** Gives back blocks of a list until there were so many granules, or none is left; answers how many there were. */
    private int giveBackSome(int number, int granules) {
        int given = 0;
        while (given < granules) {
            int start = quick.pop(number);
            if (start == NONE) {
                return given;
            }
            giveBack(start, number);
            given += sizes.granules(number);
        }
        return given;
    }

    /** Takes a block that holds so many granules, at most the largest numbered size; it lives. NONE where there is none. */
    int take(int granules) {
        int start = takeExactly(granules);
        return start == NONE ? takeLarger(sizes.indexOf(granules) + 1, granules) : start;
    }

    /** As {@link #take}, but only of the size that so many granules are rounded to. */
    int takeExactly(int granules) {
        int number = sizes.indexOf(granules);
        int start = quick.pop(number);
        if (start != NONE) {
            tags.setLive(start, number);
        }
        return start;
    }

    /** From the next size, if it is not much larger: that saves cutting a block. */
    private int takeLarger(int number, int granules) {
        boolean isClose =
                number < sizes.count() && sizes.granules(number) <= granules + (granules >>> MOST_LARGER_SHIFT) + 1;
        int start = isClose ? quick.pop(number) : NONE;
        if (start != NONE) {
            tags.setLive(start, number);
        }
        return start;
    }

    /** As {@link #take}, a block that begins at a multiple of a power of two, if one lies near the top of its list. */
    int takeAligned(int granules, int alignment) {
        int number = sizes.indexOf(granules);
        int start = quick.popAligned(number, alignment);
        if (start != NONE) {
            tags.setLive(start, number);
        }
        return start;
    }

    /** Keeps a live block, or gives it back where none is kept. */
    void hold(int start, int number) {
        if (quick.push(number, start)) {
            tags.setHeld(start, number);
        } else {
            holdSlow(start, number);
        }
    }

    @SlowPath
    private void holdSlow(int start, int number) {
        if (quickBytes != 0 && quick.add(number, start)) {
            tags.setHeld(start, number);
        } else {
            giveBack(start, number);
        }
    }

    private void giveBack(int start, int number) {
        tags.clearNumbered(start);
        tiling.giveBack(start, sizes.granules(number));
    }

    /** Gives back all; false where there were none. */
    boolean flush() {
        boolean isAny = false;
        for (int number = 0; number < quick.lists(); number++) {
            for (int start = quick.pop(number); start != NONE; start = quick.pop(number)) {
                giveBack(start, number);
                isAny = true;
            }
        }
        return isAny;
    }

    long granules() {
        return quick.heldUnits();
    }

    long count() {
        return quick.heldBlocks();
    }

    void validate() {
        quick.validate();
    }
}
