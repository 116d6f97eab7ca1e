// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.profiler.api.BandProfile;
import org.HdrHistogram.Histogram;

/** Makes bands of which only sizes, counts and peaks matter. */
final class BandMaker {

    private BandMaker() {}

    static BandProfile band(long minByteSize, long maxByteSize, long count, long peakLiveBytes) {
        return band(minByteSize, maxByteSize, count, peakLiveBytes, 1);
    }

    static BandProfile band(long minByteSize, long maxByteSize, long count, long peakLiveBytes, long lifetimeBytes) {
        return band(minByteSize, maxByteSize, count, peakLiveBytes, lifetimeBytes, 0, 1);
    }

    /** A band of which some blocks asked for an alignment. */
    static BandProfile aligned(long minByteSize, long maxByteSize, long count, long alignedCount, long byteAlignment) {
        return band(minByteSize, maxByteSize, count, count * maxByteSize / 10, 1, alignedCount, byteAlignment);
    }

    private static BandProfile band(
            long minByteSize,
            long maxByteSize,
            long count,
            long peakLiveBytes,
            long lifetimeBytes,
            long alignedCount,
            long byteAlignment) {
        Histogram lifetimes = new Histogram(2);
        lifetimes.recordValue(lifetimeBytes);
        int log2 = 64 - Long.numberOfLeadingZeros(maxByteSize - 1);
        return new BandProfile(
                log2,
                count,
                count * maxByteSize,
                count,
                count * maxByteSize,
                0,
                count,
                0,
                0,
                0,
                0,
                0,
                0,
                alignedCount,
                minByteSize,
                maxByteSize,
                byteAlignment,
                peakLiveBytes,
                new Histogram(2),
                lifetimes);
    }
}
