// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

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
     * The best i rises with j and with k, since waste(a, c) + waste(b, d) <= waste(a, d) + waste(b, c) for a <= b <= c <= d: so it is
     * looked for between those of the class before and of the size behind (Knuth, Optimum binary search trees, 1971).
     */

    static final long QUANTUM_BYTES = 16;
    // Classes that no cache keeps warm cost more than the bytes they save.
    static final int MAX_CLASSES = 24;

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

    /**
     * The classes that take the least memory at the peak, at most {@link #MAX_CLASSES}, of multiples of {@code quantumBytes}, so that
     * each is aligned to that: fewer classes waste more inside blocks, more hold more slabs that are filled in part.
     *
     * <p>Never so few that they waste more than half of what powers of two would, where it can be helped.
     *
     * @param peakRatio bytes live at the peak, of all that were requested
     * @param bytesPerClass held for having a class
     */
    static SlabClasses leastMemory(SizeCounts sizes, long quantumBytes, double peakRatio, double bytesPerClass) {
        Table table = new Table(sizes, MAX_CLASSES, quantumBytes);
        double allowedWaste = Math.max(table.leastWaste(table.maxClasses), powerOfTwoWaste(sizes) / 2);
        int best = table.maxClasses;
        double least = Double.POSITIVE_INFINITY;
        for (int classes = 1; classes <= table.maxClasses; classes++) {
            double bytes = table.leastWaste(classes) * peakRatio + classes * bytesPerClass;
            if (table.leastWaste(classes) <= allowedWaste && bytes < least) {
                least = bytes;
                best = classes;
            }
        }
        return table.classes(best);
    }

    /** Bytes that classes of powers of two from 16 on would waste. */
    static double powerOfTwoWaste(SizeCounts sizes) {
        double waste = 0;
        for (int i = 0; i < sizes.size(); i++) {
            long byteSize = Math.max(1, sizes.byteSize(i));
            long block = Math.max(QUANTUM_BYTES, byteSize == 1 ? 1 : Long.highestOneBit(byteSize - 1) << 1);
            waste += (double) (block - sizes.byteSize(i)) * sizes.count(i);
        }
        return waste;
    }

    /** Bytes that classes of all multiples of 16 would waste. */
    static double alignmentWaste(SizeCounts sizes) {
        return sizes.roundedUp(QUANTUM_BYTES).byteSum() - sizes.byteSum();
    }

    /** The classes with least waste, at most {@code maxClasses}. */
    public static SlabClasses leastWaste(SizeCounts sizes, int maxClasses) {
        Table table = new Table(sizes, maxClasses, QUANTUM_BYTES);
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
                for (int j = n; j >= k; j--) {
                    fill(k, j, Math.max(k, firstOfLast[k - 1][j]), j == n ? n : firstOfLast[k][j + 1]);
                }
            }
        }

        private void fill(int k, int j, int from, int to) {
            for (int i = from; i <= Math.min(to, j); i++) {
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
