// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.choice.SlabClasses;
import dev.metalloc.classifier.cost.BlockCosts;
import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Weighs what could serve a range of neighbouring bands. Immutable. */
/* Implementation notes
 *
 * A part that keeps freed blocks whole cannot use a size's memory for another size while both are wanted at other times, so it
 * holds the sum of what its bands held at their own peaks. One that coalesces holds what all held at their common peak: the
 * program's peak, shared out to the bands by theirs.
 */
final class RangeParts {

    private static final long MAX_SLAB_BLOCK_BYTES = 32L << 10;
    private static final int MAX_SLAB_CLASSES = 16;
    private static final long LEAST_SLAB_BYTES = 4L << 10;
    private static final long MOST_SLAB_BYTES = 64L << 10;
    // Half a slab of each class is not filled; a sixteenth of the range's bytes may go to that.
    private static final int SLAB_SHARE = 16;
    private static final long MOST_BUDDY_BLOCK_BYTES = 16L << 20;
    // What a part keeps in pages not quite used: some pages of tables and the commit ahead.
    private static final double PART_FIXED_BYTES = 12L << 10;
    // A chunk begun and not filled.
    private static final double BUDDY_FIXED_BYTES = 64L << 10;
    private static final double COALESCED_RATIO = 1.02;
    private static final double WHOLE_RATIO = 1.03;
    private static final long GRANULE_BYTES = 16;

    private final List<BandProfile> bands;
    private final SizeCounts sizes;
    private final BlockCosts costs;
    private final List<AllocatorTraits> candidates;
    private final boolean singleThread;
    private final long threadCount;
    private final double coincidence;

    RangeParts(CompositeInput input, BlockCosts costs, List<AllocatorTraits> candidates) {
        this.bands = input.bands();
        this.sizes = input.sizes();
        this.costs = costs;
        this.candidates = candidates;
        this.threadCount = input.threadCount();
        this.singleThread = threadCount == 1;
        this.coincidence = input.coincidence();
    }

    /** The options for the bands from {@code first} to {@code last}, both included. */
    List<RangePart> options(int first, int last) {
        List<RangePart> options = new ArrayList<>();
        Range range = new Range(first, last);
        for (AllocatorTraits traits : candidates) {
            switch (traits.name()) {
                case "slab" -> addSlab(options, range, traits);
                case "buddy" -> addBuddy(options, range);
                case "segregated" -> addSegregated(options, range);
                default -> {}
            }
        }
        return options;
    }

    private void addSlab(List<RangePart> options, Range range, AllocatorTraits traits) {
        long quantumBytes = Math.max(GRANULE_BYTES, range.maxByteAlignment);
        if (range.maxByteSize > Math.min(MAX_SLAB_BLOCK_BYTES, traits.maxByteSize())
                || quantumBytes > LEAST_SLAB_BYTES) {
            return;
        }
        SlabClasses classes = SlabClasses.leastWaste(range.sizes, MAX_SLAB_CLASSES, quantumBytes);
        long slabBytes = slabBytes(range, classes);
        options.add(new RangePart(
                "slab",
                Map.of("classes", classes.parameter(), "slabBytes", String.valueOf(slabBytes)),
                costs.nanos("slab", range.bands),
                PeakBytes.sum(range.bands, range.sizes, classes::blockBytes) * wholeRatio(),
                PART_FIXED_BYTES + 0.5 * slabBytes * classes.byteSizes().size() * threadCount,
                classes.largestByteSize()));
    }

    private static long slabBytes(Range range, SlabClasses classes) {
        long affordable =
                (long) (range.ownPeaks / SLAB_SHARE / classes.byteSizes().size());
        long least = Math.max(LEAST_SLAB_BYTES, roundedUp(classes.largestByteSize()));
        return Math.clamp(Long.highestOneBit(Math.max(1, affordable)), least, Math.max(least, MOST_SLAB_BYTES));
    }

    private void addBuddy(List<RangePart> options, Range range) {
        if (range.maxByteSize > MOST_BUDDY_BLOCK_BYTES) {
            return;
        }
        long chunkBytes = Math.max(1L << 16, roundedUp(range.maxByteSize));
        options.add(new RangePart(
                "buddy",
                shared(Map.of("chunkBytes", String.valueOf(chunkBytes))),
                costs.nanos("buddy", range.bands),
                range.powerOfTwoPeaks() * wholeRatio(),
                BUDDY_FIXED_BYTES,
                range.maxByteSize));
    }

    private void addSegregated(List<RangePart> options, Range range) {
        String largest = String.valueOf(Math.max(1L << 20, roundedUp(range.maxByteSize)));
        options.add(new RangePart(
                "segregated",
                shared(Map.of("maxBlockBytes", largest)),
                costs.nanos("segregated", range.bands),
                range.granulePeaks() * wholeRatio() * WHOLE_RATIO,
                PART_FIXED_BYTES,
                range.maxByteSize));
        options.add(new RangePart(
                "segregated",
                shared(Map.of("maxBlockBytes", largest, "spacing", "64", "quickBytes", "0")),
                costs.nanos("segregated.tight", range.bands),
                range.granulePeaks() * coincidence * COALESCED_RATIO,
                PART_FIXED_BYTES,
                range.maxByteSize));
    }

    /** Peaks of bands are bounds from below: where they are less than the common one, they are too low by so much. */
    private double wholeRatio() {
        return Math.max(1, coincidence);
    }

    private Map<String, String> shared(Map<String, String> parameters) {
        Map<String, String> all = new HashMap<>(parameters);
        all.put("lock", String.valueOf(!singleThread));
        return all;
    }

    private static long roundedUp(long byteSize) {
        return byteSize <= 1 ? 1 : Long.highestOneBit(byteSize - 1) << 1;
    }

    /** Some neighbouring bands. */
    private final class Range {
        final List<BandProfile> bands;
        final SizeCounts sizes;
        final long maxByteSize;
        final long maxByteAlignment;
        final double ownPeaks;

        Range(int first, int last) {
            bands = RangeParts.this.bands.subList(first, last + 1);
            maxByteSize = bands.get(bands.size() - 1).maxByteSize();
            maxByteAlignment = bands.stream()
                    .mapToLong(BandProfile::maxByteAlignment)
                    .max()
                    .orElse(1);
            sizes = RangeParts.this.sizes.within(bands.get(0).minByteSize(), maxByteSize);
            ownPeaks = bands.stream().mapToLong(BandProfile::peakLiveBytes).sum();
        }

        double powerOfTwoPeaks() {
            return PeakBytes.sum(bands, sizes, byteSize -> Math.max(GRANULE_BYTES, roundedUp(byteSize)));
        }

        double granulePeaks() {
            return PeakBytes.sum(bands, sizes, PeakBytes::granules);
        }
    }
}
