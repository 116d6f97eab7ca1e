// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

/**
 * The sizes that small blocks are rounded up to, numbered, so that a freed block holds any later request of its number exactly.
 *
 * <p>Immutable. Sizes are counted in granules of 16 bytes; each doubling is cut into {@code spacing} sizes, so rounding up
 * wastes at most one part in so many.
 */
final class QuickSizes {

    private static final int LARGEST_GRANULES = (64 << 10) >>> 4;

    private final int spacingLog2;
    private final int count;

    /** @param spacing sizes for each doubling, a power of two; fine ones end the sooner */
    QuickSizes(int spacing) {
        spacingLog2 = 31 - Integer.numberOfLeadingZeros(spacing);
        count = Math.min(BlockTags.MOST_NUMBERS, indexOf(LARGEST_GRANULES) + 1);
    }

    int count() {
        return count;
    }

    /** The largest size that has a number, in granules. */
    int largest() {
        return granules(count - 1);
    }

    /** The number of the least size of at least so many granules, of at most {@link #largest}. */
    int indexOf(int granules) {
        int below = granules - 1;
        // The shifted size has its leading bit where the first size of its doubling is numbered from.
        int shift = 31 - Integer.numberOfLeadingZeros(below | 1 << spacingLog2) - spacingLog2;
        return (shift << spacingLog2) + (below >>> shift);
    }

    /** The granules of the size of that number. */
    int granules(int index) {
        int shift = Math.max(0, (index >>> spacingLog2) - 1);
        return (index - (shift << spacingLog2) + 1) << shift;
    }

    /** All sizes in order, in granules. */
    int[] all() {
        int[] sizes = new int[count];
        for (int index = 0; index < count; index++) {
            sizes[index] = granules(index);
        }
        return sizes;
    }
}
