// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import dev.metalloc.replay.peak.OurPeak;
import dev.metalloc.replay.peak.TraceFootprint;
import dev.metalloc.replay.profile.Likeness;
import dev.metalloc.replay.profile.TraceProfiler;
import dev.metalloc.replay.profile.WorkloadGenerator;
import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.timing.Timing;
import dev.metalloc.replay.trace.TraceProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Checks choices where only a profile exists: replays a workload made from it on the JDK's raw memory and on what was chosen.
 *
 * <p>Runs in a JVM of its own.
 */
public final class VerifyMain {

    private static final Subject JDK = Subject.peer(Subject.UNSAFE);

    private final Profile profile;

    private VerifyMain(Profile profile) {
        this.profile = profile;
    }

    /**
     * Arguments: a profile; then for each entry point its name, {@code @} and the {@link ServedSizes} where these are not all, {@code =}, and an
     * allocator as in a list of subjects. Prints a line each.
     */
    public static void main(String[] words) {
        try {
            VerifyMain verify = new VerifyMain(ProfileReader.read(Path.of(words[0])));
            for (String choice : List.of(words).subList(1, words.length)) {
                int equals = choice.indexOf('=');
                String[] served = choice.substring(0, equals).split("@", -1);
                verify.verify(
                                EntryPoint.valueOf(served[0]),
                                served.length > 1 ? ServedSizes.parse(served[1]) : ServedSizes.ALL,
                                SubjectList.ours(choice.substring(equals + 1)).get(0))
                        .ifPresent(found -> System.out.println(found.toLine()));
            }
        } catch (IOException | IllegalArgumentException e) {
            System.err.println("metalloc: " + e.getMessage());
            System.exit(1);
        }
    }

    private Optional<Verification> verify(EntryPoint entryPoint, ServedSizes sizes, Subject chosen) {
        Optional<EntryPointProfile> of = profile.entryPoint(entryPoint);
        if (of.isEmpty()) {
            return Optional.empty();
        }
        TraceProgram all = WorkloadGenerator.generate(profile, of.get());
        TraceProgram workload = sizes.of(all);
        if (workload.eventCount() == 0) {
            return Optional.empty();
        }
        Map<Subject, Timing> timings =
                new InterleavedTimer(InterleavedTimer.Effort.QUICK).time(workload, List.of(JDK, chosen));
        Timing before = timings.get(JDK);
        Timing after = timings.get(chosen);
        if (before == null || after == null) {
            return Optional.empty();
        }
        Profile again = TraceProfiler.profile(all);
        double likeness = again.entryPoints().stream()
                .findFirst()
                .map(generated -> Likeness.of(of.get(), generated).overall())
                .orElse(0.0);
        long peakBytes = OurPeak.measure(chosen, workload)
                .map(TraceFootprint::peakCommittedBytes)
                .orElse(0L);
        return Optional.of(
                new Verification(entryPoint.name(), likeness, before, after, workload.peakRequestedBytes(), peakBytes));
    }
}
