// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.cost.PathCosts;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.RangePeaks;
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
 * @param rangePeaks what neighbouring bands held together, as far as that is known
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
        RangePeaks rangePeaks,
        boolean isConfined,
        PathCosts path,
        BiPredicate<String, BandProfile> mustNotGet) {

    // Beyond its blocks with their headers the C library's malloc holds some pages at the ends of its heaps, and, once
    // the
    // blocks of the peak were replaced so often, gaps between them. Seen of 25 recorded programs.
    private static final double MALLOC_FIXED_RATIO = 0.005;
    private static final double MALLOC_GAPS_RATIO = 0.03;
    private static final double REPLACED_TIMES = 4;
    // The less there is, the more of it are the ends of their heaps, and pages of a class, as in programs of half a
    // MiB.
    private static final double SMALL_BYTES = 48 << 10;
    private static final double SMALL_PROGRAM_BYTES = 448 << 10;
    // Allocators with size classes hold pages filled in part.
    private static final double CLASSES_OVERHEAD_RATIO = 1.025;

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
                entryPoint.rangePeaks(),
                threads == 1,
                PathCosts.bare(),
                (allocator, band) -> false);
    }

    JointPeaks peaks() {
        return new JointPeaks(bands, peakLiveBytes, rangePeaks);
    }

    double eventCount() {
        return bands.stream()
                .mapToLong(band -> band.allocateCount() + band.freeCount())
                .sum();
    }

    /**
     * What a good general-purpose allocator would hold: blocks with headers, or size classes, whose memory goes from one to another in part only.
     * Of 25 recorded programs that is off the smallest of four by 2.6 % (standard deviation).
     */
    double generalPurposeBytes() {
        JointPeaks peaks = peaks();
        double separatePeak = Math.sqrt(peaks.of(bands) * peaks.ownSum(bands));
        double inClasses = separatePeak * PeakBytes.ratio(bands, peaks, sizes, PeakBytes::sizeClass);
        double blockBytes = Math.min(mallocBytes(bands), CLASSES_OVERHEAD_RATIO * inClasses);
        return blockBytes + SMALL_BYTES * Math.max(0, 1 - blockBytes / SMALL_PROGRAM_BYTES);
    }

    /** What some of the bands take in blocks with headers. */
    double mallocBytes(List<BandProfile> some) {
        JointPeaks peaks = peaks();
        double peak = peaks.of(some);
        double allocated = some.stream().mapToLong(BandProfile::allocateBytes).sum();
        double gaps = MALLOC_GAPS_RATIO * Math.min(1, allocated / Math.max(1, peak) / REPLACED_TIMES);
        return (1 + MALLOC_FIXED_RATIO + gaps) * peak * PeakBytes.ratio(some, peaks, sizes, PeakBytes::malloc);
    }
}
