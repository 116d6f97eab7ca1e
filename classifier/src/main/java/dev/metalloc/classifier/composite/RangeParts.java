// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.Verdict;
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

    private static final long MAX_SLAB_BLOCK_BYTES = 256L << 10;
    private static final long LEAST_SLAB_BYTES = 16L << 10;
    private static final long USUAL_SLAB_BYTES = 64L << 10;
    private static final long MOST_SLAB_BYTES = 256L << 10;
    private static final long PAGE_BYTES = 4L << 10;
    // Smaller slabs are filled and emptied more often.
    private static final double SMALL_SLAB_NANOS = 1;
    // Of a class's blocks, or of its last slab if that is less, in each thread.
    private static final double UNFILLED_RATIO = 0.25;
    private static final long MOST_BUDDY_BLOCK_BYTES = 16L << 20;
    // What a part keeps in pages not quite used: some pages of tables and the commit ahead.
    private static final double PART_FIXED_BYTES = 8L << 10;
    // A chunk begun and not filled.
    private static final double BUDDY_FIXED_BYTES = 64L << 10;
    private static final double COALESCED_RATIO = 1.02;
    private static final double WHOLE_RATIO = 1.03;
    // Freed blocks that are kept for their own size: as much of the memory as the allocator lets them have, once the
    // blocks of the
    // peak were replaced so often.
    private static final double KEPT_WHOLE_RATIO = 0.125;
    private static final double REPLACED_TIMES = 4;
    private static final long GRANULE_BYTES = 16;

    private final CompositeInput input;
    private final BlockCosts costs;
    private final List<AllocatorTraits> candidates;
    private final double coincidence;

    RangeParts(CompositeInput input, BlockCosts costs, List<AllocatorTraits> candidates) {
        this.input = input;
        this.costs = costs;
        this.candidates = candidates;
        this.coincidence = input.coincidence();
    }

    /** The options for neighbouring bands. */
    List<RangePart> options(List<BandProfile> bands) {
        List<RangePart> options = new ArrayList<>();
        Range range = new Range(bands);
        for (AllocatorTraits traits : candidates) {
            if (bands.stream().noneMatch(band -> input.mustNotGet().test(traits.name(), band))) {
                addAllocator(options, range, traits);
            }
        }
        if (input.path().canLeave()) {
            options.add(new RangePart(
                    Verdict.LEAVE,
                    Map.of(),
                    bands,
                    input.path().leftNanos(bands),
                    input.mallocBytes(bands),
                    range.maxByteSize,
                    0));
        }
        return options;
    }

    private void addAllocator(List<RangePart> options, Range range, AllocatorTraits traits) {
        switch (traits.name()) {
            case "slab" -> addSlab(options, range, traits);
            case "buddy" -> addBuddy(options, range);
            case "segregated" -> addSegregated(options, range);
            default -> addOther(options, range, traits);
        }
    }

    private void addSlab(List<RangePart> options, Range range, AllocatorTraits traits) {
        long quantumBytes = Math.max(GRANULE_BYTES, range.maxByteAlignment);
        if (range.maxByteSize > Math.min(MAX_SLAB_BLOCK_BYTES, traits.maxByteSize())
                || quantumBytes > LEAST_SLAB_BYTES) {
            return;
        }
        long least = Math.max(LEAST_SLAB_BYTES, roundedUp(Math.max(range.maxByteSize, quantumBytes)));
        SlabClasses classes = SlabClasses.leastMemory(
                range.sizes, quantumBytes, range.peakRatio() * wholeRatio(), (double) PAGE_BYTES * input.threadCount());
        for (long slabBytes = least; slabBytes <= MOST_SLAB_BYTES; slabBytes *= 4) {
            addSlab(options, range, classes, slabBytes);
        }
    }

    private void addSlab(List<RangePart> options, Range range, SlabClasses classes, long slabBytes) {
        options.add(new RangePart(
                "slab",
                shared(Map.of("classes", classes.parameter(), "slabBytes", String.valueOf(slabBytes))),
                range.bands,
                nanos("slab", range) + (slabBytes < USUAL_SLAB_BYTES ? SMALL_SLAB_NANOS * range.allocateCount() : 0),
                PeakBytes.sum(range.bands, range.sizes, byteSize -> inSlab(classes.blockBytes(byteSize), slabBytes))
                                * wholeRatio()
                        + PART_FIXED_BYTES
                        + input.threadCount() * unfilledBytes(range, classes, slabBytes),
                classes.largestByteSize(),
                classes.wasteRatio()));
    }

    /** Bytes of pages that a block of a full slab takes. */
    private static long inSlab(long blockBytes, long slabBytes) {
        long blocks = Math.max(1, slabBytes / blockBytes);
        return ((blocks * blockBytes + PAGE_BYTES - 1) & -PAGE_BYTES) / blocks;
    }

    private double unfilledBytes(Range range, SlabClasses classes, long slabBytes) {
        double bytes = 0;
        long above = 0;
        for (long blockBytes : classes.byteSizes()) {
            double atPeak = range.sizes.within(above, blockBytes).byteSum() * range.peakRatio();
            bytes += UNFILLED_RATIO * Math.min((double) slabBytes, atPeak) + PAGE_BYTES;
            above = blockBytes + 1;
        }
        return bytes;
    }

    private void addBuddy(List<RangePart> options, Range range) {
        if (range.maxByteSize > MOST_BUDDY_BLOCK_BYTES) {
            return;
        }
        long chunkBytes = Math.max(1L << 16, roundedUp(range.maxByteSize));
        options.add(new RangePart(
                "buddy",
                shared(Map.of("chunkBytes", String.valueOf(chunkBytes))),
                range.bands,
                nanos("buddy", range) + lockNanos(range),
                range.powerOfTwoPeaks() * wholeRatio() + BUDDY_FIXED_BYTES,
                range.maxByteSize,
                0));
    }

    private void addSegregated(List<RangePart> options, Range range) {
        String largest = String.valueOf(Math.max(1L << 20, roundedUp(range.maxByteSize)));
        options.add(new RangePart(
                "segregated",
                shared(Map.of("maxBlockBytes", largest)),
                range.bands,
                nanos("segregated", range) + lockNanos(range),
                range.granulePeaks() * wholeRatio() * WHOLE_RATIO + range.keptWholeBytes() + PART_FIXED_BYTES,
                range.maxByteSize,
                0));
        options.add(new RangePart(
                "segregated",
                shared(Map.of("maxBlockBytes", largest, "spacing", "64", "quickBytes", "0")),
                range.bands,
                nanos("segregated.tight", range) + lockNanos(range),
                range.granulePeaks() * coincidence * COALESCED_RATIO + PART_FIXED_BYTES,
                range.maxByteSize,
                0));
    }

    /** A third party's: with its own defaults, and the overhead that its traits tell. */
    private void addOther(List<RangePart> options, Range range, AllocatorTraits traits) {
        boolean serves = traits.freesSingleBlocks()
                && traits.serves(range.maxByteSize, range.maxByteAlignment)
                && Math.max(1, range.minByteSize) >= traits.minByteSize();
        if (serves && costs.knows(traits.name())) {
            options.add(new RangePart(
                    traits.name(),
                    Map.of(),
                    range.bands,
                    nanos(traits.name(), range),
                    range.granulePeaks() * wholeRatio()
                            + range.peakCount() * traits.overheadBytesPerBlock()
                            + PART_FIXED_BYTES,
                    range.maxByteSize,
                    0));
        }
    }

    private double nanos(String variant, Range range) {
        return costs.nanos(variant, range.bands, input.sharing()) + input.path().aroundNanos(range.bands);
    }

    private double lockNanos(Range range) {
        return input.isConfined() ? 0 : costs.lockNanos(range.bands);
    }

    /**
     * What memory that one size leaves to another, whole slabs at a time, makes of the sum of the peaks: more than the common peak, less
     * than the sum. Where that is less than the common peak, peaks were seen too low.
     */
    private double wholeRatio() {
        return coincidence < 1 ? Math.sqrt(coincidence) : coincidence;
    }

    /** Unless one thread alone calls, with the lock that allocators have if nothing is said. */
    private Map<String, String> shared(Map<String, String> parameters) {
        Map<String, String> all = new HashMap<>(parameters);
        if (input.isConfined()) {
            all.put("lock", "false");
        }
        return all;
    }

    private static long roundedUp(long byteSize) {
        return byteSize <= 1 ? 1 : Long.highestOneBit(byteSize - 1) << 1;
    }

    /** Some neighbouring bands. */
    private final class Range {
        final List<BandProfile> bands;
        final SizeCounts sizes;
        final long minByteSize;
        final long maxByteSize;
        final long maxByteAlignment;
        final double ownPeaks;

        Range(List<BandProfile> bands) {
            this.bands = List.copyOf(bands);
            minByteSize = bands.get(0).minByteSize();
            maxByteSize = bands.get(bands.size() - 1).maxByteSize();
            maxByteAlignment = bands.stream()
                    .mapToLong(BandProfile::maxByteAlignment)
                    .max()
                    .orElse(1);
            sizes = input.sizes().within(minByteSize, maxByteSize);
            ownPeaks = bands.stream().mapToLong(BandProfile::peakLiveBytes).sum();
        }

        long allocateCount() {
            return bands.stream().mapToLong(BandProfile::allocateCount).sum();
        }

        /** Bytes live at the bands' peaks, of all that were requested. */
        double peakRatio() {
            return ownPeaks
                    / Math.max(
                            1,
                            bands.stream().mapToLong(BandProfile::allocateBytes).sum());
        }

        double peakCount() {
            return peakRatio() * allocateCount();
        }

        double keptWholeBytes() {
            double kept = 0;
            for (BandProfile band : bands) {
                double peak = Math.max(1, band.peakLiveBytes());
                double replaced = (band.allocateBytes() - peak) / peak;
                double otherSizes =
                        1 - sizes.within(band.minByteSize(), band.maxByteSize()).topShare();
                kept += KEPT_WHOLE_RATIO * peak * otherSizes * Math.clamp(replaced / REPLACED_TIMES, 0.0, 1.0);
            }
            return kept;
        }

        double powerOfTwoPeaks() {
            return PeakBytes.sum(bands, sizes, byteSize -> Math.max(GRANULE_BYTES, roundedUp(byteSize)));
        }

        double granulePeaks() {
            return PeakBytes.sum(bands, sizes, PeakBytes::granules);
        }
    }
}
