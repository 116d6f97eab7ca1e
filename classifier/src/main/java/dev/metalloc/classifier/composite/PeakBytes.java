// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import java.util.List;
import java.util.function.LongUnaryOperator;

/** What it adds to what bands hold when each size is rounded to a block. */
final class PeakBytes {

    private static final long GRANULE_BYTES = 16;
    private static final long MALLOC_HEADER_BYTES = 8;
    private static final long LEAST_MALLOC_BYTES = 32;
    private static final long LEAST_CLASS_BYTES = 8;
    private static final long CLASSES_OF_DOUBLING = 4;

    private PeakBytes() {}

    /** What rounding the bands' sizes adds to what they held, each as its own peak weighs. */
    static double ratio(List<BandProfile> bands, JointPeaks peaks, SizeCounts sizes, LongUnaryOperator block) {
        double rounded = 0;
        for (BandProfile band : bands) {
            rounded += peaks.own(band) * roundingRatio(sizes.within(band.minByteSize(), band.maxByteSize()), block);
        }
        double held = peaks.ownSum(bands);
        return held == 0 ? 1 : rounded / held;
    }

    private static double roundingRatio(SizeCounts sizes, LongUnaryOperator block) {
        double requested = 0;
        double rounded = 0;
        for (int i = 0; i < sizes.size(); i++) {
            long byteSize = Math.max(1, sizes.byteSize(i));
            requested += (double) byteSize * sizes.count(i);
            rounded += (double) block.applyAsLong(byteSize) * sizes.count(i);
        }
        return requested == 0 ? 1 : rounded / requested;
    }

    /** Multiples of 16. */
    static long granules(long byteSize) {
        return (byteSize + GRANULE_BYTES - 1) & -GRANULE_BYTES;
    }

    /** A block of the C library's malloc: its size before it, 32 bytes at least. */
    static long malloc(long byteSize) {
        return Math.max(LEAST_MALLOC_BYTES, granules(byteSize + MALLOC_HEADER_BYTES));
    }

    /** A size class of general-purpose allocators: multiples of 8 to 64, four for each doubling above. */
    static long sizeClass(long byteSize) {
        long step = Math.max(LEAST_CLASS_BYTES, Long.highestOneBit(Math.max(1, byteSize - 1)) / CLASSES_OF_DOUBLING);
        return (Math.max(1, byteSize) + step - 1) / step * step;
    }
}
