// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.classifier.Figures;
import java.util.List;
import java.util.Locale;

/** Writes the results of one trace as a table for people. */
final class ReplayTable {

    private ReplayTable() {}

    static String write(List<ReplayResult> results) {
        if (results.isEmpty()) {
            return "";
        }
        ReplayResult any = results.get(0);
        StringBuilder text = new StringBuilder();
        text.append(any.trace())
                .append(": ")
                .append(Figures.count(any.events()))
                .append(" events, ")
                .append(Figures.bytes(any.peakRequestedBytes()))
                .append(" requested at the peak\n");
        text.append(String.format(
                Locale.ROOT,
                "  %-14s %18s %12s %14s %12s%n",
                "allocator",
                "ns per event",
                "peak",
                "fragmentation",
                "records"));
        for (ReplayResult result : results) {
            text.append(row(result));
        }
        return text.append('\n').toString();
    }

    private static String row(ReplayResult result) {
        if (result.isAbsent()) {
            return String.format(Locale.ROOT, "  %-14s absent: %s%n", result.allocator(), result.absence());
        }
        String row = String.format(
                Locale.ROOT,
                "  %-14s %9.1f ± %6.1f %12s %14s %12s%n",
                result.allocator(),
                result.nanosPerEvent(),
                result.nanosPerEventError(),
                Figures.bytes(result.peakBytes()),
                Figures.percent(result.fragmentation()),
                result.recordBytes() == 0 ? "" : Figures.bytes(result.recordBytes()));
        return result.chosen().isEmpty() ? row : row + "      " + result.chosen() + "\n";
    }
}
