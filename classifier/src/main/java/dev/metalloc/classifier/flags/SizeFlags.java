// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.SizeCounts;

/** Flags about requested sizes and alignments. */
final class SizeFlags {

    private SizeFlags() {}

    static void raise(FlagSet flags, BandFeatures band) {
        SizeCounts sizes = band.sizes();
        if (sizes.totalCount() == 0) {
            return;
        }
        raiseVariety(flags, sizes);
        raiseMagnitude(flags, sizes);
        flags.raise(
                Flag.ALIGNED,
                Threshold.ALIGNED_RATIO.strength(band.alignedRatio()),
                Figures.percent(band.alignedRatio()) + " of the allocations aligned above 16, to at most "
                        + band.maxByteAlignment());
    }

    private static void raiseVariety(FlagSet flags, SizeCounts sizes) {
        SizeCounts rounded = sizes.roundedUp(Threshold.SIZE_QUANTUM_BYTES);
        int covering = rounded.sizesCovering(Threshold.SIZE_COVERAGE);
        String variety = covering + " sizes (in steps of 16 B) make up 95 % of the allocations";
        flags.raise(
                Flag.FIXED_SIZE,
                Threshold.FIXED_SIZE_TOP_SHARE.strength(sizes.topShare()),
                Figures.percent(sizes.topShare()) + " of the allocations are of one size");
        flags.raise(Flag.FEW_SIZES, Threshold.FEW_SIZES_COUNT.strength(covering), variety);
        flags.raise(Flag.MANY_SIZES, Threshold.MANY_SIZES_COUNT.strength(covering), variety);
        flags.raise(
                Flag.POWER_OF_TWO,
                Threshold.POWER_OF_TWO_SHARE.strength(sizes.powerOfTwoShare()),
                Figures.percent(sizes.powerOfTwoShare()) + " of the sizes are powers of two");
    }

    private static void raiseMagnitude(FlagSet flags, SizeCounts sizes) {
        double small = eventShare(sizes, 0, Threshold.SMALL_MAX_BYTES);
        double medium = eventShare(sizes, Threshold.SMALL_MAX_BYTES + 1, Threshold.MEDIUM_MAX_BYTES);
        double large = byteShare(sizes, Threshold.MEDIUM_MAX_BYTES + 1, Threshold.LARGE_MAX_BYTES);
        double huge = byteShare(sizes, Threshold.LARGE_MAX_BYTES + 1, Long.MAX_VALUE);
        flags.raise(
                Flag.SMALL,
                Threshold.SMALL_EVENT_SHARE.strength(small),
                Figures.percent(small) + " of the blocks are of 1 KiB or less");
        flags.raise(
                Flag.MEDIUM,
                Threshold.MEDIUM_EVENT_SHARE.strength(medium),
                Figures.percent(medium) + " of the blocks are between 1 KiB and 32 KiB");
        flags.raise(
                Flag.LARGE,
                Threshold.LARGE_BYTE_SHARE.strength(large),
                Figures.percent(large) + " of the bytes are in blocks of 32 KiB to 16 MiB");
        flags.raise(
                Flag.HUGE,
                Threshold.HUGE_BYTE_SHARE.strength(huge),
                Figures.percent(huge) + " of the bytes are in blocks above 16 MiB");
    }

    private static double eventShare(SizeCounts sizes, long min, long max) {
        return (double) sizes.within(min, max).totalCount() / sizes.totalCount();
    }

    private static double byteShare(SizeCounts sizes, long min, long max) {
        return bytes(sizes.within(min, max)) / Math.max(1, bytes(sizes));
    }

    private static double bytes(SizeCounts sizes) {
        double bytes = 0;
        for (int i = 0; i < sizes.size(); i++) {
            bytes += (double) sizes.byteSize(i) * sizes.count(i);
        }
        return bytes;
    }
}
