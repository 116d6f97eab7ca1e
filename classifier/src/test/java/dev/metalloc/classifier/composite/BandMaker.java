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
                0,
                minByteSize,
                maxByteSize,
                1,
                peakLiveBytes,
                new Histogram(2),
                lifetimes);
    }
}
