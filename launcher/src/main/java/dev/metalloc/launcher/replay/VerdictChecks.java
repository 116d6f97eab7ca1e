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
import java.util.stream.Collectors;

/** Has the choices of a recommendation replayed on workloads made from the profile, and says what came out. */
public final class VerdictChecks {

    private static final int MAX_PARTS = 3;

    private final Surroundings surroundings;

    public VerdictChecks(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * What came out, one sentence for each entry point with a choice that serves single blocks.
     *
     * @param isConfirmed whether no choice is other than clearly faster
     */
    public record Outcome(List<String> sentences, boolean isConfirmed) {
        public Outcome {
            sentences = List.copyOf(sentences);
        }
    }

    public Outcome check(Profile profile, Recommendation recommendation) {
        List<Checked> checks = checks(recommendation);
        if (checks.isEmpty()) {
            return new Outcome(List.of("nothing to check by replay: no choice that serves single blocks"), true);
        }
        List<Verification> found = replayed(
                        profile, checks.stream().map(Checked::word).toList())
                .lines()
                .flatMap(line -> Verification.parse(line).stream())
                .toList();
        return new Outcome(
                checks.stream().map(check -> sentence(check, found)).toList(),
                found.stream().allMatch(Verification::isFaster));
    }

    private static String sentence(Checked check, List<Verification> found) {
        return found.stream()
                .filter(each -> each.entryPoint().equals(check.entryPoint().name()))
                .map(each -> sentence(each, check.extent()))
                .findFirst()
                .orElse(check.entryPoint() + ": not checked: the choice could not be replayed");
    }

    static List<Checked> checks(Recommendation recommendation) {
        List<Checked> checks = new ArrayList<>();
        for (EntryPoint entryPoint : EntryPoint.values()) {
            List<Verdict> own = recommendation.verdicts().stream()
                    .filter(verdict -> verdict.entryPoint() == entryPoint && verdict.siteHash() == 0)
                    .toList();
            List<Verdict> serving =
                    own.stream().filter(VerdictChecks::servesBlocks).toList();
            if (!serving.isEmpty()) {
                checks.add(new Checked(
                        entryPoint,
                        serving.stream().limit(MAX_PARTS).toList(),
                        serving.size(),
                        own.size() > serving.size()));
            }
        }
        return checks;
    }

    /** Frames are served by the agent's own hooks, which no replay has; nor does it know sites. */
    private static boolean servesBlocks(Verdict verdict) {
        return !verdict.isLeave() && !verdict.allocator().equals("bump");
    }

    /**
     * What is replayed for an entry point.
     *
     * @param count verdicts that serve single blocks, of which there may be more than are replayed
     * @param isPart whether sizes are served in another way, or left
     */
    record Checked(EntryPoint entryPoint, List<Verdict> verdicts, int count, boolean isPart) {

        /** Sizes between the verdicts' are not in the workload: in a composite they would go to the next part, not to the JDK. */
        String word() {
            String sizes = verdicts.stream()
                    .map(verdict -> verdict.minByteSize() + "-" + verdict.maxByteSize())
                    .collect(Collectors.joining(","));
            return entryPoint.name() + "@" + sizes + "=" + composite(verdicts);
        }

        String extent() {
            if (count > verdicts.size()) {
                return ", of sizes up to "
                        + Figures.bytes(verdicts.get(verdicts.size() - 1).maxByteSize())
                        + ", since a replay takes the first " + verdicts.size() + " of " + count + " verdicts,";
            }
            return isPart ? ", of the sizes that it serves," : "";
        }
    }

    /** The verdicts' allocators by size, the JDK's path for all else. */
    private static String composite(List<Verdict> verdicts) {
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

    private static String sentence(Verification it, String extent) {
        return String.format(
                Locale.ROOT,
                "%s: replayed a workload made from the profile%s (likeness %.2f): %s an event on the JDK's raw memory, %s on the choice, which holds"
                        + " %s for %s requested; the choice is %s",
                it.entryPoint(),
                extent,
                it.likeness(),
                Figures.nanos(it.before().nanosPerEvent()),
                Figures.nanos(it.after().nanosPerEvent()),
                Figures.bytes(it.peakBytes()),
                Figures.bytes(it.peakRequestedBytes()),
                it.isFaster() ? "confirmed" : "NOT confirmed: it is not clearly faster");
    }
}
