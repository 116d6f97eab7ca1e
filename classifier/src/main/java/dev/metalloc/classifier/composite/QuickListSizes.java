// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.features.SizeCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The sizes by which a segregated fit keeps freed blocks whole, made for a program: some for each doubling, so that none wastes
 * much, and besides these the sizes that would waste most, and of larger blocks those asked for most.
 *
 * @param ownByteSizes multiples of 16 in rising order
 */
record QuickListSizes(List<Long> ownByteSizes) {

    static final long LARGEST_BYTES = 64L << 10;
    static final int SPACING = 4;

    private static final int SPACING_LOG2 = 2;
    // The allocator numbers 95 sizes; the spacing takes 44 of them.
    private static final int MOST_OWN = 51;
    // Of blocks above what the spacing numbers; each of their sizes serves what is up to an eighth smaller as well.
    private static final long LARGEST_OWN_BYTES = 1L << 20;
    private static final int MOST_LARGE = 16;
    private static final double LEAST_LARGE_SHARE = 0.001;
    private static final int MOST_WASTE_SHIFT = 3;

    QuickListSizes {
        ownByteSizes = List.copyOf(ownByteSizes);
    }

    private record Waste(long byteSize, double bytes) {}

    private record Large(long byteSize, long count) {}

    /** Those that save the most bytes, as often as they were asked for, and the large ones that save the most cuts. */
    static QuickListSizes of(SizeCounts sizes) {
        SizeCounts granules = sizes.roundedUp(SlabClasses.QUANTUM_BYTES);
        List<Long> large = large(granules);
        List<Waste> wastes = new ArrayList<>();
        for (int i = 0; i < granules.size() && granules.byteSize(i) <= LARGEST_BYTES; i++) {
            long waste = spaced(granules.byteSize(i)) - granules.byteSize(i);
            if (waste > 0) {
                wastes.add(new Waste(granules.byteSize(i), (double) waste * granules.count(i)));
            }
        }
        wastes.sort(Comparator.comparingDouble(Waste::bytes).reversed().thenComparingLong(Waste::byteSize));
        return new QuickListSizes(
                Stream.concat(wastes.stream().limit(MOST_OWN - large.size()).map(Waste::byteSize), large.stream())
                        .sorted()
                        .toList());
    }

    /** From the largest down, each the first that none before serves. */
    private static List<Long> large(SizeCounts granules) {
        List<Large> found = new ArrayList<>();
        for (int i = granules.size() - 1; i >= 0 && granules.byteSize(i) > LARGEST_BYTES; i--) {
            long byteSize = granules.byteSize(i);
            if (byteSize <= LARGEST_OWN_BYTES) {
                Large last = found.isEmpty() ? null : found.get(found.size() - 1);
                if (last != null && serves(last.byteSize, byteSize)) {
                    found.set(found.size() - 1, new Large(last.byteSize, last.count + granules.count(i)));
                } else {
                    found.add(new Large(byteSize, granules.count(i)));
                }
            }
        }
        return found.stream()
                .filter(each -> each.count >= LEAST_LARGE_SHARE * granules.totalCount())
                .sorted(Comparator.comparingLong(Large::count).reversed().thenComparingLong(Large::byteSize))
                .limit(MOST_LARGE)
                .map(Large::byteSize)
                .toList();
    }

    private static boolean serves(long ownByteSize, long byteSize) {
        return ownByteSize - byteSize <= byteSize >> MOST_WASTE_SHIFT;
    }

    /** The share of the blocks that are kept whole when they are freed. */
    double keptRatio(SizeCounts sizes) {
        long kept = 0;
        for (int i = 0; i < sizes.size(); i++) {
            kept += isKept(sizes.byteSize(i)) ? sizes.count(i) : 0;
        }
        return sizes.totalCount() == 0 ? 1 : (double) kept / sizes.totalCount();
    }

    private boolean isKept(long byteSize) {
        return byteSize <= LARGEST_BYTES || blockBytes(byteSize) != PeakBytes.granules(byteSize) || isOwn(byteSize);
    }

    private boolean isOwn(long byteSize) {
        return Collections.binarySearch(ownByteSizes, PeakBytes.granules(byteSize)) >= 0;
    }

    /** {@code 80,1040}. */
    String parameter() {
        return ownByteSizes.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** The block that holds a size. */
    long blockBytes(long byteSize) {
        int at = Collections.binarySearch(ownByteSizes, byteSize);
        int next = at >= 0 ? at : -at - 1;
        long own = next < ownByteSizes.size() ? ownByteSizes.get(next) : Long.MAX_VALUE;
        if (byteSize > LARGEST_BYTES) {
            return own < Long.MAX_VALUE && serves(own, byteSize) ? own : PeakBytes.granules(byteSize);
        }
        return Math.min(spaced(byteSize), own);
    }

    /** The next of {@link #SPACING} sizes of a doubling, in granules as the allocator counts them. */
    private static long spaced(long byteSize) {
        long granules = PeakBytes.granules(Math.max(1, byteSize)) / SlabClasses.QUANTUM_BYTES;
        int log2 = 63 - Long.numberOfLeadingZeros(granules - 1 | SPACING);
        long step = 1L << (log2 - SPACING_LOG2);
        return (granules + step - 1 & -step) * SlabClasses.QUANTUM_BYTES;
    }
}
