// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.features;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.HistogramIterationValue;

/**
 * Requested sizes and how often each was asked for, in rising order of size.
 *
 * <p>Sizes come from a histogram: each stands for the largest of its cell that was seen, so that
 * what fits it fits all of the cell.
 */
public final class SizeCounts {

    private final long[] byteSizes;
    private final long[] counts;
    private final long totalCount;

    private SizeCounts(SortedMap<Long, Long> countBySize) {
        byteSizes = countBySize.keySet().stream().mapToLong(Long::longValue).toArray();
        counts = countBySize.values().stream().mapToLong(Long::longValue).toArray();
        long sum = 0;
        for (long count : counts) {
            sum += count;
        }
        totalCount = sum;
    }

    /** The sizes as they are. */
    public static SizeCounts of(Map<Long, Long> countBySize) {
        return new SizeCounts(new TreeMap<>(countBySize));
    }

    /** All sizes of an entry point. */
    public static SizeCounts of(EntryPointProfile profile) {
        return new SizeCounts(new Cells(profile.bands()).counts(profile));
    }

    /** All of several parts together. */
    public static SizeCounts sum(List<SizeCounts> parts) {
        TreeMap<Long, Long> all = new TreeMap<>();
        for (SizeCounts part : parts) {
            for (int i = 0; i < part.size(); i++) {
                all.merge(part.byteSizes[i], part.counts[i], Long::sum);
            }
        }
        return new SizeCounts(all);
    }

    /** The sizes from {@code minByteSize} to {@code maxByteSize}, both included. */
    public SizeCounts within(long minByteSize, long maxByteSize) {
        TreeMap<Long, Long> some = new TreeMap<>();
        for (int i = 0; i < size(); i++) {
            if (byteSizes[i] >= minByteSize && byteSizes[i] <= maxByteSize) {
                some.put(byteSizes[i], counts[i]);
            }
        }
        return new SizeCounts(some);
    }

    /** The sizes rounded up to multiples of {@code quantumBytes}; 0 counts as 1. */
    public SizeCounts roundedUp(long quantumBytes) {
        TreeMap<Long, Long> rounded = new TreeMap<>();
        for (int i = 0; i < size(); i++) {
            long quanta = (Math.max(byteSizes[i], 1) + quantumBytes - 1) / quantumBytes;
            rounded.merge(quanta * quantumBytes, counts[i], Long::sum);
        }
        return new SizeCounts(rounded);
    }

    public int size() {
        return byteSizes.length;
    }

    public long byteSize(int index) {
        return byteSizes[index];
    }

    public long count(int index) {
        return counts[index];
    }

    public long totalCount() {
        return totalCount;
    }

    /** Bytes of all together. */
    public double byteSum() {
        double sum = 0;
        for (int i = 0; i < size(); i++) {
            sum += (double) byteSizes[i] * counts[i];
        }
        return sum;
    }

    /** The largest share any one size has, 0..1. */
    public double topShare() {
        long most = 0;
        for (long count : counts) {
            most = Math.max(most, count);
        }
        return totalCount == 0 ? 0 : (double) most / totalCount;
    }

    /** How many sizes, the most frequent first, make up {@code share} of the allocations. */
    public int sizesCovering(double share) {
        long[] sorted = counts.clone();
        Arrays.sort(sorted);
        double missing = share * totalCount;
        int taken = 0;
        for (int i = sorted.length - 1; i >= 0 && missing > 0; i--) {
            missing -= sorted[i];
            taken++;
        }
        return taken;
    }

    /** The share of allocations whose size is a power of two, 0..1. */
    public double powerOfTwoShare() {
        long powers = 0;
        for (int i = 0; i < size(); i++) {
            if (Long.bitCount(byteSizes[i]) == 1) {
                powers += counts[i];
            }
        }
        return totalCount == 0 ? 0 : (double) powers / totalCount;
    }

    /**
     * Tells apart what a histogram's cell mixes: a cell that starts at a power of two holds that size, which ends one band,
     * and larger ones, which begin the next. The bands' exact counts say how many were which.
     */
    private static final class Cells {

        private final Map<Integer, BandProfile> bands = new TreeMap<>();
        private final Map<Integer, Long> assigned = new TreeMap<>();
        private final SortedMap<Long, Long> counts = new TreeMap<>();

        Cells(List<BandProfile> bands) {
            for (BandProfile band : bands) {
                this.bands.put(band.log2(), band);
            }
        }

        SortedMap<Long, Long> counts(EntryPointProfile profile) {
            for (HistogramIterationValue cell : profile.sizes().recordedValues()) {
                long high = cell.getValueIteratedTo();
                long low = profile.sizes().lowestEquivalentValue(high);
                long count = cell.getCountAddedInThisIterationStep();
                if (low < high && Long.bitCount(low) == 1) {
                    long exact = Math.min(count, missing(log2(low)));
                    add(low, exact);
                    count -= exact;
                }
                add(high, count);
            }
            return counts;
        }

        private long missing(int log2) {
            BandProfile band = bands.get(log2);
            return band == null ? 0 : Math.max(0, band.allocateCount() - assigned.getOrDefault(log2, 0L));
        }

        private void add(long byteSize, long count) {
            if (count == 0) {
                return;
            }
            int log2 = log2(byteSize);
            BandProfile band = bands.get(log2);
            long seen = band == null ? byteSize : Math.min(byteSize, band.maxByteSize());
            counts.merge(seen, count, Long::sum);
            assigned.merge(log2, count, Long::sum);
        }

        private static int log2(long byteSize) {
            return byteSize <= 1 ? 0 : 64 - Long.numberOfLeadingZeros(byteSize - 1);
        }
    }
}
