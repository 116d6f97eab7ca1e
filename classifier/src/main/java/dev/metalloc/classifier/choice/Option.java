// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Verdict;
import java.util.Map;

/**
 * A candidate weighed for one group.
 *
 * @param name an allocator's, or {@link Verdict#LEAVE}
 * @param parameters made from the profile
 * @param pairNanos an allocation with its free
 * @param peakBytes held at the peak
 * @param maxByteSize largest request it serves with these parameters
 * @param detail what is to be said of its parameters, or empty
 */
record Option(
        String name,
        Map<String, String> parameters,
        double pairNanos,
        long peakBytes,
        long maxByteSize,
        String detail) {

    boolean isLeave() {
        return name.equals(Verdict.LEAVE);
    }

    /** The same allocator for this group's blocks and the next one's; with this one's parameters, which do not fit both. */
    Option with(Option next, double count, double nextCount) {
        return new Option(
                name,
                parameters,
                (pairNanos * count + next.pairNanos * nextCount) / (count + nextCount),
                peakBytes + next.peakBytes,
                Math.max(maxByteSize, next.maxByteSize),
                "");
    }

    /** {@code buddy, about 24 ns a pair and 3 MiB at the peak}. */
    String text() {
        return name + ", about " + Figures.nanos(pairNanos) + " a pair and " + Figures.bytes(peakBytes)
                + " at the peak";
    }

    /** {@code buddy, about 24 ns a pair and 3 MiB at the peak: slower by 62 %}. */
    String textBeside(Option chosen) {
        return text() + ": " + why(chosen);
    }

    /** Why the chosen one was preferred to this. */
    private String why(Option chosen) {
        String memory = peakBytes > chosen.peakBytes
                ? "holds " + Figures.bytes(peakBytes - chosen.peakBytes) + " more"
                : "holds " + Figures.bytes(chosen.peakBytes - peakBytes) + " less";
        if (pairNanos > chosen.pairNanos) {
            return "slower by " + Figures.percent(pairNanos / chosen.pairNanos - 1)
                    + (peakBytes > chosen.peakBytes ? ", and " : ", though it ") + memory;
        }
        return peakBytes > chosen.peakBytes
                ? "faster by " + Figures.percent(1 - pairNanos / chosen.pairNanos) + ", but " + memory
                : "no better beyond the figures' error, or another allocator more to route to";
    }
}
