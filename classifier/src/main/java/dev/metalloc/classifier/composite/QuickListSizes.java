// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.features.SizeCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The sizes by which a segregated fit keeps freed blocks whole, made for a program: some for each doubling, so that none wastes
 * much, and besides these the sizes that would waste most.
 *
 * @param ownByteSizes multiples of 16 in rising order
 */
record QuickListSizes(List<Long> ownByteSizes) {

    static final long LARGEST_BYTES = 64L << 10;
    static final int SPACING = 4;

    private static final int SPACING_LOG2 = 2;
    // The allocator numbers 95 sizes; the spacing takes 44 of them.
    private static final int MOST_OWN = 51;

    QuickListSizes {
        ownByteSizes = List.copyOf(ownByteSizes);
    }

    private record Waste(long byteSize, double bytes) {}

    /** Those that save the most bytes, as often as they were asked for. */
    static QuickListSizes of(SizeCounts sizes) {
        SizeCounts granules = sizes.roundedUp(SlabClasses.QUANTUM_BYTES);
        List<Waste> wastes = new ArrayList<>();
        for (int i = 0; i < granules.size() && granules.byteSize(i) <= LARGEST_BYTES; i++) {
            long waste = spaced(granules.byteSize(i)) - granules.byteSize(i);
            if (waste > 0) {
                wastes.add(new Waste(granules.byteSize(i), (double) waste * granules.count(i)));
            }
        }
        wastes.sort(Comparator.comparingDouble(Waste::bytes).reversed().thenComparingLong(Waste::byteSize));
        return new QuickListSizes(
                wastes.stream().limit(MOST_OWN).map(Waste::byteSize).sorted().toList());
    }

    /** {@code 80,1040}. */
    String parameter() {
        return ownByteSizes.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** The block that holds a size. */
    long blockBytes(long byteSize) {
        if (byteSize > LARGEST_BYTES) {
            return PeakBytes.granules(byteSize);
        }
        long spaced = spaced(byteSize);
        int at = Collections.binarySearch(ownByteSizes, byteSize);
        int next = at >= 0 ? at : -at - 1;
        return next < ownByteSizes.size() ? Math.min(spaced, ownByteSizes.get(next)) : spaced;
    }

    /** The next of {@link #SPACING} sizes of a doubling, in granules as the allocator counts them. */
    private static long spaced(long byteSize) {
        long granules = PeakBytes.granules(Math.max(1, byteSize)) / SlabClasses.QUANTUM_BYTES;
        int log2 = 63 - Long.numberOfLeadingZeros(granules - 1 | SPACING);
        long step = 1L << (log2 - SPACING_LOG2);
        return (granules + step - 1 & -step) * SlabClasses.QUANTUM_BYTES;
    }
}
