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
import java.util.function.LongUnaryOperator;

/** Weighs what could serve a range of neighbouring bands. Immutable. */
/* Implementation notes
 *
 * A part that coalesces holds what its bands held at their common peak, and what it may keep whole besides. One whose sizes have
 * memory of their own holds more, but less than the sum of what the bands held at their own peaks, since whole slabs go from one size to
 * another: the mean of both, geometrically.
 */
final class RangeParts {

    private static final long MAX_SLAB_BLOCK_BYTES = 256L << 10;
    private static final long LEAST_SLAB_BYTES = 16L << 10;
    private static final long USUAL_SLAB_BYTES = 64L << 10;
    // Larger ones are empty too seldom to serve another size, and were no faster in 13 recorded programs.
    private static final long MOST_SLAB_BYTES = 128L << 10;
    private static final long PAGE_BYTES = 4L << 10;
    // Smaller slabs are filled and emptied more often.
    private static final double SMALL_SLAB_NANOS = 1;
    private static final double UNFILLED_PAGE_RATIO = 0.75;
    // The allocator's own default.
    private static final long LEAST_BUDDY_BYTES = 64;
    private static final long MOST_BUDDY_BLOCK_BYTES = 16L << 20;
    // All the address space that the allocator takes.
    private static final long MOST_SEGREGATED_BLOCK_BYTES = 16L << 30;
    // What a part keeps in pages not quite used: some pages of tables and the commit ahead.
    private static final double PART_FIXED_BYTES = 8L << 10;
    // A chunk begun and not filled.
    private static final double BUDDY_FIXED_BYTES = 64L << 10;
    private static final double COALESCED_RATIO = 1.02;
    // Freed blocks that are kept for their own size when memory is committed: as much of it as the allocator lets them
    // have, once the
    // blocks of the peak were replaced so often.
    private static final double REPLACED_TIMES = 4;
    private static final long LEAST_QUICK_BYTES = 16L << 10;
    // Less than a buddy's own default, so that what it holds is what is expected of it here.
    private static final String BUDDY_QUICK_BYTES = String.valueOf(64 << 10);
    // One part in so many of the memory may be kept whole when more is committed. What is kept costs memory at the peak
    // alone, and keeping
    // less costs time only while memory grows.
    private static final int SHARE = 128;
    // Beyond what it keeps whole, free blocks of a buddy wait for their buddies: as if it kept an eighth.
    private static final int BUDDY_SHARE = 8;
    private static final long GRANULE_BYTES = 16;
    // One block in so many may be served elsewhere, a call more.
    private static final long RARE = 32;

    private final CompositeInput input;
    private final BlockCosts costs;
    private final List<AllocatorTraits> candidates;
    private final JointPeaks peaks;
    private final boolean alignmentAloneWastes;

    RangeParts(CompositeInput input, BlockCosts costs, List<AllocatorTraits> candidates) {
        this.input = input;
        this.costs = costs;
        this.candidates = candidates;
        this.peaks = input.peaks();
        this.alignmentAloneWastes = alignmentAloneWastes(input);
    }

    double routeNanosPerEvent() {
        return costs.routeNanosPerEvent();
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
            case "segregated" -> addSegregated(options, range, traits);
            default -> addOther(options, range, traits);
        }
    }

    private void addSlab(List<RangePart> options, Range range, AllocatorTraits traits) {
        long quantumBytes = range.isRarelyAligned() ? GRANULE_BYTES : Math.max(GRANULE_BYTES, range.maxByteAlignment);
        if (range.maxByteSize > Math.min(MAX_SLAB_BLOCK_BYTES, traits.maxByteSize())
                || quantumBytes > LEAST_SLAB_BYTES) {
            return;
        }
        long least = Math.max(LEAST_SLAB_BYTES, roundedUp(Math.max(range.maxByteSize, quantumBytes)));
        SlabClasses classes = SlabClasses.leastMemory(
                range.sizes, quantumBytes, range.peakRatio(), (double) PAGE_BYTES * input.threadCount());
        if (!isWorthSlabs(range, classes)) {
            return;
        }
        for (long slabBytes = least; slabBytes <= MOST_SLAB_BYTES; slabBytes *= 4) {
            addSlab(options, range, classes, slabBytes);
        }
    }

    /**
     * Whether classes made from the profile waste at most half of what powers of two would. Where the alignment alone makes them
     * waste more, a trace gets slabs for such sizes together with others, unless there is no limit up to which they would waste less;
     * an application gets them all the same.
     */
    private boolean isWorthSlabs(Range range, SlabClasses classes) {
        double least = input.path().canLeave() || alignmentAloneWastes ? SlabClasses.alignmentWaste(range.sizes) : 0;
        return classes.wasteBytes() <= Math.max(SlabClasses.powerOfTwoWaste(range.sizes) / 2, least);
    }

    /** Whether, up to whatever limit, alignment alone wastes more than half of what powers of two would. */
    private static boolean alignmentAloneWastes(CompositeInput input) {
        return input.bands().stream()
                .map(band -> input.sizes().within(0, Math.min(MAX_SLAB_BLOCK_BYTES, band.maxByteSize())))
                .filter(sizes -> sizes.size() > 0)
                .noneMatch(sizes -> SlabClasses.alignmentWaste(sizes) <= SlabClasses.powerOfTwoWaste(sizes) / 2);
    }

    private void addSlab(List<RangePart> options, Range range, SlabClasses classes, long slabBytes) {
        options.add(new RangePart(
                "slab",
                shared(Map.of("classes", classes.parameter(), "slabBytes", String.valueOf(slabBytes))),
                range.bands,
                nanos("slab", range)
                        + (input.isConfined() ? 0 : costs.slabLockNanos(range.bands))
                        + (slabBytes < USUAL_SLAB_BYTES ? SMALL_SLAB_NANOS * range.allocateCount() : 0),
                range.separatePeak() * range.ratio(byteSize -> inSlab(classes.blockBytes(byteSize), slabBytes))
                        + PART_FIXED_BYTES
                        + unfilledBytes(classes),
                classes.largestByteSize(),
                classes.wasteRatio()));
    }

    /** Bytes of pages that a block of a full slab takes. */
    private static long inSlab(long blockBytes, long slabBytes) {
        long blocks = Math.max(1, slabBytes / blockBytes);
        return ((blocks * blockBytes + PAGE_BYTES - 1) & -PAGE_BYTES) / blocks;
    }

    /** The last page of each class, in each thread. */
    private double unfilledBytes(SlabClasses classes) {
        return UNFILLED_PAGE_RATIO * PAGE_BYTES * classes.byteSizes().size() * input.threadCount();
    }

    private void addBuddy(List<RangePart> options, Range range) {
        // It aligns a block by taking a larger one.
        long largest = Math.max(range.maxByteSize, range.isRarelyAligned() ? 1 : range.maxByteAlignment);
        if (largest > MOST_BUDDY_BLOCK_BYTES) {
            return;
        }
        long chunkBytes = Math.max(1L << 16, roundedUp(largest));
        options.add(new RangePart(
                "buddy",
                shared(Map.of("chunkBytes", String.valueOf(chunkBytes), "quickBytes", BUDDY_QUICK_BYTES)),
                range.bands,
                nanos("buddy", range) + lockNanos(range),
                range.separatePeak() * range.ratio(byteSize -> Math.max(LEAST_BUDDY_BYTES, roundedUp(byteSize)))
                        + range.keptWholeBytes(BUDDY_SHARE)
                        + BUDDY_FIXED_BYTES,
                range.maxByteSize,
                0));
    }

    private void addSegregated(List<RangePart> options, Range range, AllocatorTraits traits) {
        boolean isAligned = range.isRarelyAligned() || range.maxByteAlignment <= traits.maxByteAlignment();
        if (range.maxByteSize > MOST_SEGREGATED_BLOCK_BYTES || !isAligned) {
            return;
        }
        String largest = String.valueOf(Math.max(1L << 20, roundedUp(range.maxByteSize)));
        if (range.minByteSize <= QuickListSizes.LARGEST_BYTES) {
            options.add(keepingWhole(range, largest, QuickListSizes.of(range.sizes)));
        }
        options.add(new RangePart(
                "segregated",
                shared(Map.of("maxBlockBytes", largest, "spacing", "64", "quickBytes", "0")),
                range.bands,
                nanos("segregated.tight", range) + lockNanos(range),
                range.commonPeak() * range.ratio(PeakBytes::granules) * COALESCED_RATIO + PART_FIXED_BYTES,
                range.maxByteSize,
                0));
    }

    private RangePart keepingWhole(Range range, String largest, QuickListSizes quick) {
        Map<String, String> parameters = new HashMap<>();
        parameters.put("maxBlockBytes", largest);
        parameters.put("quickBytes", String.valueOf(quickBytes(range)));
        parameters.put("quickShare", String.valueOf(SHARE));
        parameters.put("spacing", String.valueOf(QuickListSizes.SPACING));
        if (!quick.ownByteSizes().isEmpty()) {
            parameters.put("sizes", quick.parameter());
        }
        return new RangePart(
                "segregated",
                shared(parameters),
                range.bands,
                keepingWholeNanos(range, quick) + lockNanos(range),
                range.commonPeak() * range.ratio(quick::blockBytes) * COALESCED_RATIO
                        + range.keptWholeBytes(SHARE)
                        + PART_FIXED_BYTES,
                range.maxByteSize,
                0);
    }

    /** So that as much may be kept from the start, when little is committed. */
    private static long quickBytes(Range range) {
        return Math.max(LEAST_QUICK_BYTES, Long.highestOneBit((long) range.commonPeak() / SHARE));
    }

    /** Blocks that are kept for no size are joined and cut each time. */
    private double keepingWholeNanos(Range range, QuickListSizes quick) {
        double nanos = input.path().aroundNanos(range.bands);
        for (BandProfile band : range.bands) {
            List<BandProfile> alone = List.of(band);
            double kept = quick.keptRatio(range.sizes.within(band.minByteSize(), band.maxByteSize()));
            nanos += kept * costs.nanos("segregated", alone, input.sharing(), input.peakLiveBytes())
                    + (1 - kept) * costs.nanos("segregated.tight", alone, input.sharing(), input.peakLiveBytes());
        }
        return nanos;
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
                    range.separatePeak() * range.ratio(PeakBytes::granules)
                            + range.peakCount() * traits.overheadBytesPerBlock()
                            + PART_FIXED_BYTES,
                    range.maxByteSize,
                    0));
        }
    }

    private double nanos(String variant, Range range) {
        return costs.nanos(variant, range.bands, input.sharing(), input.peakLiveBytes())
                + input.path().aroundNanos(range.bands);
    }

    private double lockNanos(Range range) {
        return input.isConfined() ? 0 : costs.lockNanos(range.bands);
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
            ownPeaks = peaks.ownSum(bands);
        }

        long allocateCount() {
            return bands.stream().mapToLong(BandProfile::allocateCount).sum();
        }

        /** Whether others may serve the few blocks that ask for an alignment: there are parts behind this one. */
        boolean isRarelyAligned() {
            long aligned = bands.stream().mapToLong(BandProfile::alignedCount).sum();
            boolean isLast =
                    maxByteSize == input.bands().get(input.bands().size() - 1).maxByteSize();
            return !isLast && aligned * RARE <= allocateCount();
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

        double commonPeak() {
            return peaks.of(bands);
        }

        double separatePeak() {
            return Math.sqrt(commonPeak() * ownPeaks);
        }

        double ratio(LongUnaryOperator block) {
            return PeakBytes.ratio(bands, peaks, sizes, block);
        }

        double keptWholeBytes(int share) {
            double peak = Math.max(1, commonPeak());
            double allocated =
                    bands.stream().mapToLong(BandProfile::allocateBytes).sum();
            double replaced = (allocated - peak) / peak;
            return peak / share * (1 - sizes.topShare()) * Math.clamp(replaced / REPLACED_TIMES, 0.0, 1.0);
        }
    }
}
