// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.features.BandFeatures;

/** What the blocks of a group cost on the JDK's path and with an allocator, in words. */
final class Comparison {

    private Comparison() {}

    /** {@code 1,900,000 allocations/s of 100 B: the JDK path costs about 33 ns a pair, bump about 5 ns}. */
    static String text(BandGroup group, double jdkNanos, Option option) {
        return rate(group.features()) + ": the JDK path costs about " + Figures.nanos(jdkNanos) + " a pair, "
                + option.name() + " about " + Figures.nanos(option.pairNanos());
    }

    static String rate(BandFeatures band) {
        return Figures.count(Math.rint(band.allocatesPerSecond())) + " allocations/s of "
                + (band.minByteSize() == band.maxByteSize()
                        ? Figures.bytes(band.minByteSize())
                        : Figures.bytes(band.minByteSize()) + " to " + Figures.bytes(band.maxByteSize()));
    }
}
