// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.cost.PathCosts;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * What is known of the blocks that one allocator is to be composed for.
 *
 * @param bands those that saw an allocation, smallest first
 * @param sizes of all of them
 * @param threadCount threads that allocated or freed
 * @param sharing how likely two events after another are of different threads, 0..1
 * @param peakLiveBytes requested, at the peak of all bands together
 * @param isConfined whether one thread alone will call, so that nothing needs a lock
 * @param path what the blocks' entry point takes besides
 * @param mustNotGet whether an allocator, by name, must not get a band
 */
public record CompositeInput(
        List<BandProfile> bands,
        SizeCounts sizes,
        long threadCount,
        double sharing,
        long peakLiveBytes,
        boolean isConfined,
        PathCosts path,
        BiPredicate<String, BandProfile> mustNotGet) {

    // Even the tightest general-purpose allocators hold so much more than their blocks.
    private static final double LEAST_OVERHEAD_RATIO = 1.05;

    /** @throws IllegalArgumentException where there was no allocation */
    public CompositeInput {
        bands = List.copyOf(bands);
        if (bands.isEmpty()) {
            throw new IllegalArgumentException("profile: no allocation (expected: at least one)");
        }
    }

    /** All blocks of an entry point, on the allocators alone: nothing can be left, so nothing is kept from any of them. */
    public static CompositeInput bare(Profile profile, EntryPointProfile entryPoint) {
        long threads = Math.max(1, profile.threadCounts().platformCount());
        return new CompositeInput(
                entryPoint.bands().stream()
                        .filter(band -> band.allocateCount() > 0)
                        .toList(),
                SizeCounts.of(entryPoint),
                threads,
                FeatureExtractor.sharing(profile.threads()),
                entryPoint.peakLiveBytes(),
                threads == 1,
                PathCosts.bare(),
                (allocator, band) -> false);
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
        double inClasses = PeakBytes.sum(bands, sizes, PeakBytes::granules);
        return Math.min(mallocBytes(bands), LEAST_OVERHEAD_RATIO * LEAST_OVERHEAD_RATIO * coincidence() * inClasses);
    }

    /** What some of the bands take in blocks with headers. */
    double mallocBytes(List<BandProfile> some) {
        return LEAST_OVERHEAD_RATIO * coincidence() * PeakBytes.sum(some, sizes, PeakBytes::malloc);
    }
}
