// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.report;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.FlagEvidence;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.SiteEvidence;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.flags.HeapExcess;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Writes a recommendation for people: flags with evidence, the verdicts as a table, then their reasons. Any thread. */
public final class RecommendationText {

    private static final String ROW = "%2s  %-14s  %20s  %-10s  %17s  %23s  %10s%n";

    private RecommendationText() {}

    public static String write(Recommendation recommendation) {
        StringBuilder text = new StringBuilder(2048);
        text.append(recommendation.app())
                .append(", ")
                .append(recommendation.runCount())
                .append(recommendation.runCount() == 1 ? " run" : " runs")
                .append("\n\nWhat it does\n");
        for (FlagEvidence flag : recommendation.flags()) {
            text.append(
                    String.format(Locale.ROOT, "  %-19s %4.2f  %s%n", flag.flag(), flag.strength(), flag.evidence()));
        }
        appendHeaps(text, recommendation);
        appendTable(text, recommendation.verdicts());
        appendReasons(text, recommendation.verdicts());
        appendSites(text, recommendation.sites());
        if (!recommendation.notes().isEmpty()) {
            text.append("\nMind\n");
            recommendation
                    .notes()
                    .forEach(note -> text.append("  ").append(note).append('\n'));
        }
        return text.toString();
    }

    /** Where there is something to see. */
    private static void appendHeaps(StringBuilder text, Recommendation recommendation) {
        HeapExcess excess = HeapExcess.of(recommendation.heaps());
        if (excess.isNotable()) {
            text.append("\n  ").append(excess.sentence()).append('\n');
        }
    }

    private static void appendTable(StringBuilder text, List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            text.append("\nNo block of off-heap memory was asked for: nothing to change.\n");
            return;
        }
        text.append("\nVerdicts\n");
        text.append(
                String.format(ROW, "", "entry point", "sizes", "allocator", "time per event", "peak", "confidence"));
        for (int i = 0; i < verdicts.size(); i++) {
            Verdict verdict = verdicts.get(i);
            text.append(String.format(
                    ROW,
                    i + 1,
                    verdict.entryPoint(),
                    Figures.bytes(verdict.minByteSize()) + " to " + Figures.bytes(verdict.maxByteSize()),
                    verdict.allocator(),
                    change(
                            verdict,
                            Figures.nanos(verdict.expected().nanosPerEventBefore()),
                            Figures.nanos(verdict.expected().nanosPerEventAfter())),
                    change(
                            verdict,
                            Figures.bytes(verdict.expected().peakBytesBefore()),
                            Figures.bytes(verdict.expected().peakBytesAfter())),
                    String.format(Locale.ROOT, "%.2f", verdict.confidence())));
        }
    }

    private static String change(Verdict verdict, String before, String after) {
        return verdict.isLeave() ? before : before + " > " + after;
    }

    private static void appendReasons(StringBuilder text, List<Verdict> verdicts) {
        for (int i = 0; i < verdicts.size(); i++) {
            Verdict verdict = verdicts.get(i);
            text.append('\n')
                    .append(i + 1)
                    .append(". ")
                    .append(verdict.entryPoint())
                    .append(verdict.siteText().isEmpty() ? "" : " from " + verdict.siteText())
                    .append(": ");
            text.append(verdict.allocator())
                    .append(parameters(verdict.parameters()))
                    .append('\n');
            verdict.reasons()
                    .forEach(reason -> text.append("   ").append(reason).append('\n'));
            if (!verdict.runnerUp().isEmpty()) {
                text.append("   next best: ").append(verdict.runnerUp()).append('\n');
            }
        }
    }

    private static void appendSites(StringBuilder text, List<SiteEvidence> sites) {
        if (sites.isEmpty()) {
            return;
        }
        text.append("\nWhere most bytes come from\n");
        for (SiteEvidence site : sites) {
            text.append("  ")
                    .append(site.entryPoint())
                    .append(" from ")
                    .append(site.siteText())
                    .append(site.callerText().isEmpty() ? "" : ", called by " + site.callerText())
                    .append(": about ")
                    .append(Figures.count(site.allocateCount()))
                    .append(" blocks, ")
                    .append(Figures.bytes(site.allocateBytes()))
                    .append('\n');
            String sentence = site.sentence();
            if (!sentence.isEmpty()) {
                text.append("     ").append(sentence).append('\n');
            }
        }
    }

    private static String parameters(Map<String, String> parameters) {
        return parameters.isEmpty()
                ? ""
                : parameters.entrySet().stream()
                        .map(parameter -> parameter.getKey() + "=" + parameter.getValue())
                        .collect(Collectors.joining(" ", " (", ")"));
    }
}
