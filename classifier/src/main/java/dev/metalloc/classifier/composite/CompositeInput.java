// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import java.util.List;

/**
 * What is known of a program's blocks.
 *
 * @param bands those that saw an allocation, smallest first
 * @param sizes of all of them
 * @param threadCount threads that allocated or freed
 * @param peakLiveBytes requested, at the peak of all bands together
 */
record CompositeInput(List<BandProfile> bands, SizeCounts sizes, long threadCount, long peakLiveBytes) {

    // Even the tightest general-purpose allocators hold so much more than their blocks.
    private static final double LEAST_OVERHEAD_RATIO = 1.03;

    CompositeInput {
        bands = List.copyOf(bands);
    }

    /** How much of the bands' own peaks falls together; above 1 where those were seen too low. */
    double coincidence() {
        long own = bands.stream().mapToLong(BandProfile::peakLiveBytes).sum();
        return own == 0 ? 1 : (double) peakLiveBytes / own;
    }

    double eventCount() {
        return bands.stream()
                .mapToLong(band -> band.allocateCount() + band.freeCount())
                .sum();
    }

    /** What a good general-purpose allocator would hold: blocks with headers, or the finest size classes. */
    double generalPurposeBytes() {
        double withHeaders = PeakBytes.sum(bands, sizes, PeakBytes::malloc);
        double inClasses = PeakBytes.sum(bands, sizes, PeakBytes::granules);
        return LEAST_OVERHEAD_RATIO * coincidence() * Math.min(withHeaders, inClasses * LEAST_OVERHEAD_RATIO);
    }
}
