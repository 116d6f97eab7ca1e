// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.features.SizeCounts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Size classes made for the sizes a program asks for.
 *
 * @param byteSizes block sizes in rising order, multiples of 16
 * @param wasteBytes bytes of blocks beyond what was requested, summed over all allocations
 * @param requestedBytes bytes requested, summed likewise
 */
public record SlabClasses(List<Long> byteSizes, double wasteBytes, double requestedBytes) {

    /*
     * Implementation notes
     *
     * Rounded up to multiples of 16, let the sizes be s[1] < ... < s[n]. The largest size must have its own class, and a class
     * of size s[j] serves a run s[i..j]; so the least waste with k classes of the first j sizes is
     *
     *   least[k][j] = min over i <= j of least[k-1][i-1] + waste(i, j)
     *   waste(i, j) = s[j] * allocations(i..j) - requested(i..j)
     *
     * which takes n * n * k steps: some million for the thousand sizes a histogram of two digits can hold below 32 KiB.
     */

    static final long QUANTUM_BYTES = 16;
    // Classes that no cache keeps warm cost more than the bytes they save.
    static final int MAX_CLASSES = 16;
    // A class less is worth as much as this part of the bytes: a part-filled slab per thread is saved.
    static final double TOLERATED_WASTE_RATIO = 0.001;

    public SlabClasses {
        byteSizes = List.copyOf(byteSizes);
    }

    public double wasteRatio() {
        return requestedBytes == 0 ? 0 : wasteBytes / requestedBytes;
    }

    public long largestByteSize() {
        return byteSizes.get(byteSizes.size() - 1);
    }

    /** {@code 16,64,112}. */
    public String parameter() {
        return byteSizes.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** The fewest classes, at most {@link #MAX_CLASSES}, that waste hardly more than the best. */
    static SlabClasses synthesise(SizeCounts sizes) {
        Table table = new Table(sizes, MAX_CLASSES, QUANTUM_BYTES);
        double limit = table.leastWaste(table.maxClasses) + TOLERATED_WASTE_RATIO * table.requestedBytes();
        int classes = 1;
        while (table.leastWaste(classes) > limit) {
            classes++;
        }
        return table.classes(classes);
    }

    /** The classes with least waste, at most {@code maxClasses}. */
    static SlabClasses leastWaste(SizeCounts sizes, int maxClasses) {
        return leastWaste(sizes, maxClasses, QUANTUM_BYTES);
    }

    /** The same with blocks of multiples of {@code quantumBytes}, so that each is aligned to that. */
    public static SlabClasses leastWaste(SizeCounts sizes, int maxClasses, long quantumBytes) {
        Table table = new Table(sizes, maxClasses, quantumBytes);
        return table.classes(table.maxClasses);
    }

    /** The block that serves a size, or the size itself where none does. */
    public long blockBytes(long byteSize) {
        for (long each : byteSizes) {
            if (each >= byteSize) {
                return each;
            }
        }
        return byteSize;
    }

    private static final class Table {

        private final int n;
        private final int maxClasses;
        private final long[] blockBytes;
        private final double[] countBefore;
        private final double[] requestedBefore;
        private final double[][] least;
        private final int[][] firstOfLast;

        Table(SizeCounts requested, int limit, long quantumBytes) {
            if (requested.size() == 0) {
                throw new IllegalArgumentException("sizes: none (expected: one or more)");
            }
            SizeCounts rounded = requested.roundedUp(quantumBytes);
            n = rounded.size();
            maxClasses = Math.min(limit, n);
            blockBytes = new long[n + 1];
            countBefore = new double[n + 1];
            requestedBefore = new double[n + 1];
            int next = 0;
            for (int j = 1; j <= n; j++) {
                blockBytes[j] = rounded.byteSize(j - 1);
                countBefore[j] = countBefore[j - 1] + rounded.count(j - 1);
                requestedBefore[j] = requestedBefore[j - 1];
                while (next < requested.size() && requested.byteSize(next) <= blockBytes[j]) {
                    requestedBefore[j] += (double) requested.byteSize(next) * requested.count(next);
                    next++;
                }
            }
            least = new double[maxClasses + 1][n + 1];
            firstOfLast = new int[maxClasses + 1][n + 1];
            fill();
        }

        private void fill() {
            for (double[] row : least) {
                Arrays.fill(row, Double.POSITIVE_INFINITY);
            }
            least[0][0] = 0;
            for (int k = 1; k <= maxClasses; k++) {
                for (int j = k; j <= n; j++) {
                    fill(k, j);
                }
            }
        }

        private void fill(int k, int j) {
            for (int i = k; i <= j; i++) {
                double waste = least[k - 1][i - 1] + waste(i, j);
                if (waste < least[k][j]) {
                    least[k][j] = waste;
                    firstOfLast[k][j] = i;
                }
            }
        }

        private double waste(int i, int j) {
            return blockBytes[j] * (countBefore[j] - countBefore[i - 1])
                    - (requestedBefore[j] - requestedBefore[i - 1]);
        }

        double leastWaste(int classes) {
            return least[classes][n];
        }

        double requestedBytes() {
            return requestedBefore[n];
        }

        SlabClasses classes(int classes) {
            List<Long> byteSizes = new ArrayList<>();
            int j = n;
            for (int k = classes; k >= 1; k--) {
                byteSizes.add(0, blockBytes[j]);
                j = firstOfLast[k][j] - 1;
            }
            return new SlabClasses(byteSizes, least[classes][n], requestedBytes());
        }
    }
}
