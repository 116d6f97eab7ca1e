// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.Figures;
import java.util.Map;

/**
 * A candidate weighed for one group.
 *
 * @param parameters made from the profile
 * @param pairNanos an allocation with its free
 * @param peakBytes held at the peak
 * @param fit flags raised that it is made for, summed
 * @param maxByteSize largest request it serves with these parameters
 * @param detail what is to be said of its parameters, or empty
 */
record Option(
        AllocatorTraits traits,
        Map<String, String> parameters,
        double pairNanos,
        long peakBytes,
        double fit,
        long maxByteSize,
        String detail) {

    // Flags break near ties: what suits the program counts as up to a fifth cheaper.
    private static final double FIT_WEIGHT = 0.05;
    private static final double MAX_FIT = 4;

    String name() {
        return traits.name();
    }

    double rank() {
        return pairNanos / (1 + FIT_WEIGHT * Math.min(MAX_FIT, fit));
    }

    String text() {
        return name() + ", about " + Figures.nanos(pairNanos) + " a pair and " + Figures.bytes(peakBytes)
                + " at the peak";
    }
}
