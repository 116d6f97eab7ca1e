// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.segregated;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.Sizes;
import java.util.Arrays;

/**
 * The sizes that small blocks are rounded up to, numbered, so that a freed block holds any later request of its number exactly.
 *
 * <p>Immutable. Sizes are counted in granules of 16 bytes; each doubling is cut into {@code spacing} sizes, so rounding up
 * wastes at most one part in so many; what a program asks for most may have sizes of its own between these, and above them up to
 * 1 MiB. Above, what would waste more than an eighth has no number.
 */
final class QuickSizes {

    private static final int LARGEST_GRANULES = (64 << 10) >>> 4;
    private static final int LARGEST_OWN_BYTES = 1 << 20;
    /** Above what the spacing numbers a block may be one part in 2^3 too large. */
    private static final int MOST_WASTE_SHIFT = 3;

    private final int spacingLog2;
    private final int count;
    /** In order, and the number of the least for each size of at most the largest; both empty where the spacing says all. */
    private final int[] listed;

    private final byte[] numbers;

    /** @param spacing sizes for each doubling, a power of two; fine ones end the sooner */
    QuickSizes(int spacing) {
        spacingLog2 = Sizes.log2(spacing);
        count = Math.min(BlockTags.MOST_NUMBERS, spacedIndexOf(LARGEST_GRANULES) + 1);
        listed = new int[0];
        numbers = new byte[0];
    }

    /**
     * As the other, with more sizes between.
     *
     * @param ownByteSizes sizes that are to be served exactly, up to a bin's step
     * @throws IllegalArgumentException where that makes too many, or one is larger than any that is numbered
     */
    QuickSizes(int spacing, long[] ownByteSizes) {
        spacingLog2 = Sizes.log2(spacing);
        QuickSizes spaced = new QuickSizes(spacing);
        listed = merged(spaced, ownByteSizes);
        count = listed.length;
        if (count > BlockTags.MOST_NUMBERS) {
            throw new IllegalArgumentException(
                    "sizes: " + count + " with the spacing's (expected: at most " + BlockTags.MOST_NUMBERS + ")");
        }
        numbers = new byte[listed[count - 1] + 1];
        for (int number = 0, granules = 0; granules < numbers.length; granules++) {
            number += granules > listed[number] ? 1 : 0;
            // As a size without a number is rounded, so that what it is rounded to has none either.
            int rounded = Bins.roundUp(granules);
            boolean isClose = granules <= spaced.largest() || listed[number] - rounded <= rounded >>> MOST_WASTE_SHIFT;
            numbers[granules] = (byte) (isClose ? number : count);
        }
    }

    private static int[] merged(QuickSizes spaced, long[] ownByteSizes) {
        int[] all = new int[spaced.count + ownByteSizes.length];
        for (int i = 0; i < spaced.count; i++) {
            all[i] = spaced.granules(i);
        }
        for (int i = 0; i < ownByteSizes.length; i++) {
            long byteSize = Sizes.requireRange("sizes", ownByteSizes[i], 1, LARGEST_OWN_BYTES);
            long granules = Sizes.alignUp(byteSize, 1 << BlockTiling.GRANULE_SHIFT) >>> BlockTiling.GRANULE_SHIFT;
            all[spaced.count + i] = Bins.roundUp((int) granules);
        }
        Arrays.sort(all);
        int kept = 0;
        for (int granules : all) {
            if (kept == 0 || all[kept - 1] != granules) {
                all[kept++] = granules;
            }
        }
        return Arrays.copyOf(all, kept);
    }

    /** Of its arrays. */
    long heldBytes() {
        return ArrayBytes.of(listed) + ArrayBytes.of(numbers);
    }

    int count() {
        return count;
    }

    /** The largest size that has a number, in granules. */
    int largest() {
        return granules(count - 1);
    }

    /** Whether a block of at least so many granules has a number. */
    boolean isNumbered(int granules) {
        return granules <= largest() && indexOf(granules) < count;
    }

    /** The number of the least size of at least so many granules, of at most {@link #largest}; {@link #count} where it has none. */
    int indexOf(int granules) {
        return numbers.length == 0 ? spacedIndexOf(granules) : numbers[granules];
    }

    private int spacedIndexOf(int granules) {
        int below = granules - 1;
        // The shifted size has its leading bit where the first size of its doubling is numbered from.
        int shift = 31 - Integer.numberOfLeadingZeros(below | 1 << spacingLog2) - spacingLog2;
        return (shift << spacingLog2) + (below >>> shift);
    }

    /** The granules of the size of that number. */
    int granules(int index) {
        if (listed.length != 0) {
            return listed[index];
        }
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
