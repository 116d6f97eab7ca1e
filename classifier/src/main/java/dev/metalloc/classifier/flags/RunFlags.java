// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.flags;

import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.BandFeatures;

/** Flags about the run as a whole: how long, how often, how evenly. */
final class RunFlags {

    private RunFlags() {}

    static void raise(FlagSet flags, ApplicationFeatures application, BandFeatures band) {
        double seconds = application.runSeconds();
        String ran = "ran for " + Figures.nanos(seconds * 1e9);
        flags.raise(Flag.SHORT_RUN, Threshold.SHORT_RUN_SECONDS.strength(seconds), ran);
        flags.raise(Flag.LONG_RUN, Threshold.LONG_RUN_SECONDS.strength(seconds), ran);
        flags.raise(
                Flag.LOW_RATE,
                Threshold.LOW_RATE_PER_SECOND.strength(band.allocatesPerSecond()),
                Figures.count(band.allocatesPerSecond()) + " allocations/s");
        flags.raise(
                Flag.PHASED,
                Threshold.PHASED_COUNT.strength(application.phaseCount()),
                "live bytes rose and fell back " + application.phaseCount() + " times");
        flags.raise(
                Flag.BURSTY,
                Threshold.BURSTY_VARIATION.strength(application.rateVariation()),
                "the allocation rate varies by " + Figures.percent(application.rateVariation()) + " of its mean");
    }
}
