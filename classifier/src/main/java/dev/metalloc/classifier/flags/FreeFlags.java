// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.features.BandFeatures;

/** Flags about how blocks live, grow and die. */
final class FreeFlags {
    /** The profiler's clock ticks every few milliseconds: of shorter lives it says no more than that. */
    private static final double CLOCK_STEP_NANOS = 10e6;

    private FreeFlags() {}

    static void raise(FlagSet flags, BandFeatures band) {
        if (band.allocateCount() == 0) {
            return;
        }
        flags.raise(
                Flag.FEW_FREES,
                Threshold.FEW_FREES_FREE_RATIO.strength(band.freeRatio()),
                Figures.percent(band.freeRatio()) + " of the blocks were freed");
        raiseOrder(flags, Flag.BULK_FREE, Threshold.BULK_FREE_RATIO, band.bulkFreeRatio(), "together with an arena");
        raiseOrder(flags, Flag.LIFO_FREE, Threshold.LIFO_FREE_RATIO, band.lifoFreeRatio(), "newest first");
        raiseOrder(flags, Flag.FIFO_FREE, Threshold.FIFO_FREE_RATIO, band.fifoFreeRatio(), "oldest first");
        raiseOrder(flags, Flag.RANDOM_FREE, Threshold.RANDOM_FREE_RATIO, band.randomFreeRatio(), "in no order");
        if (band.freeCount() > 0) {
            raiseLifetimes(flags, band);
        }
        flags.raise(
                Flag.GROWING,
                Threshold.GROWING_RATIO.strength(band.growRatio()),
                Figures.percent(band.growRatio()) + " of the allocations are reallocations to a larger size");
        flags.raise(
                Flag.ZERO_NEEDED,
                Threshold.ZERO_NEEDED_RATIO.strength(band.zeroedRatio()),
                Figures.percent(band.zeroedRatio()) + " of the blocks were promised zeroed");
    }

    private static void raiseOrder(FlagSet flags, Flag flag, Threshold threshold, double ratio, String order) {
        flags.raise(flag, threshold.strength(ratio), Figures.percent(ratio) + " of the frees " + order);
    }

    private static void raiseLifetimes(FlagSet flags, BandFeatures band) {
        double median = band.lifetimeNanosMedian();
        // A lifetime only counts for blocks that died: where few did, the others are the long-lived ones.
        double unfreed = 1 - band.freeRatio();
        String lifetime = "half the freed blocks lived less than " + Figures.nanos(Math.max(median, CLOCK_STEP_NANOS));
        flags.raise(Flag.SHORT_LIVED, Threshold.SHORT_LIVED_NANOS.strength(median) * band.freeRatio(), lifetime);
        flags.raise(
                Flag.LONG_LIVED,
                Math.max(
                        Threshold.LONG_LIVED_NANOS.strength(median),
                        Threshold.FEW_FREES_FREE_RATIO.strength(band.freeRatio())),
                lifetime + ", " + Figures.percent(unfreed) + " were never freed");
        flags.raise(
                Flag.MIXED_LIVED,
                Threshold.MIXED_LIVED_DECADES.strength(band.lifetimeDecades()),
                "lifetimes spread over " + Figures.count(Math.rint(band.lifetimeDecades() * 10) / 10)
                        + " powers of ten (5th to 95th percentile)");
    }
}
