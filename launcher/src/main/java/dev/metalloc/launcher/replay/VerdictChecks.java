// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.replay;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileWriter;
import dev.metalloc.replay.Verification;
import dev.metalloc.replay.VerifyMain;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Has the choices of a recommendation replayed on workloads made from the profile, and says what came out. */
public final class VerdictChecks {

    private static final int MAX_PARTS = 3;

    private final Surroundings surroundings;

    public VerdictChecks(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Sentences, one for each entry point with a choice that serves single blocks. */
    public List<String> check(Profile profile, Recommendation recommendation) {
        List<String> choices = new ArrayList<>();
        for (EntryPoint entryPoint : EntryPoint.values()) {
            String parts = composite(recommendation.verdicts().stream()
                    .filter(verdict -> verdict.entryPoint() == entryPoint && servesBlocks(verdict))
                    .limit(MAX_PARTS)
                    .toList());
            if (!parts.isEmpty()) {
                choices.add(entryPoint.name() + "=" + parts);
            }
        }
        if (choices.isEmpty()) {
            return List.of("nothing to check by replay: no choice that serves single blocks");
        }
        return replayed(profile, choices)
                .lines()
                .flatMap(line -> Verification.parse(line).stream())
                .map(VerdictChecks::sentence)
                .toList();
    }

    /** Frames are served by the agent's own hooks, which no replay has; nor does it know sites. */
    private static boolean servesBlocks(Verdict verdict) {
        return !verdict.isLeave()
                && verdict.siteHash() == 0
                && !verdict.allocator().equals("bump");
    }

    /** The verdicts' allocators by size, the JDK's path for all else. */
    private static String composite(List<Verdict> verdicts) {
        if (verdicts.isEmpty()) {
            return "";
        }
        List<String> names = new ArrayList<>();
        List<String> limits = new ArrayList<>();
        Map<String, String> parameters = new TreeMap<>();
        for (Verdict verdict : verdicts) {
            String prefix = names.size() + ".";
            verdict.parameters().forEach((name, value) -> parameters.put(prefix + name, value));
            names.add(verdict.allocator());
            limits.add(String.valueOf(verdict.maxByteSize()));
        }
        StringBuilder text = new StringBuilder("composite[parts=")
                .append(String.join(",", names))
                .append(",system;limits=")
                .append(String.join(",", limits));
        parameters.forEach(
                (name, value) -> text.append(';').append(name).append('=').append(value));
        return text.append(']').toString();
    }

    private String replayed(Profile profile, List<String> choices) {
        try {
            Path file = Files.createTempFile("metalloc", ".mprof");
            try {
                ProfileWriter.write(file, profile);
                List<String> words = new ArrayList<>(choices);
                words.addFirst(file.toString());
                return new MeasuringProcess(surroundings).run(VerifyMain.class, words);
            } finally {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw CommandFailure.failed(
                    "cannot write a temporary profile (set TMPDIR to a folder that can be written)", e);
        }
    }

    private static String sentence(Verification it) {
        return String.format(
                Locale.ROOT,
                "%s: replayed a workload made from the profile (likeness %.2f): %s an event on the JDK's raw memory, %s on the choice, which holds"
                        + " %s for %s requested; the choice is %s",
                it.entryPoint(),
                it.likeness(),
                Figures.nanos(it.before().nanosPerEvent()),
                Figures.nanos(it.after().nanosPerEvent()),
                Figures.bytes(it.peakBytes()),
                Figures.bytes(it.peakRequestedBytes()),
                it.isFaster() ? "confirmed" : "NOT confirmed: it is not clearly faster");
    }
}
