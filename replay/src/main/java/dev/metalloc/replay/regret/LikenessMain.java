// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.profile.Likeness;
import dev.metalloc.replay.profile.TraceProfiler;
import dev.metalloc.replay.profile.WorkloadGenerator;
import dev.metalloc.replay.trace.TraceCompiler;
import dev.metalloc.replay.trace.TraceProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** How like the workload made from a trace's profile is to the trace; nothing is timed, so it is the same each time. */
public final class LikenessMain {

    private LikenessMain() {}

    /** Arguments: traces. */
    public static void main(String[] traces) {
        try {
            double logs = 0;
            for (String trace : traces) {
                logs += Math.log(likeness(Path.of(trace)));
            }
            System.out.printf(Locale.ROOT, "geometric mean: %.2f%n", Math.exp(logs / traces.length));
        } catch (IOException | IllegalArgumentException e) {
            Refusal.exit(e);
        }
    }

    /** Prints it for one trace; answers the least of its parts. */
    private static double likeness(Path trace) throws IOException {
        TraceProgram program = TraceCompiler.compile(trace);
        Profile profile = TraceProfiler.profile(program);
        List<EntryPointProfile> seen = profile.entryPoints();
        if (seen.isEmpty()) {
            throw new IllegalArgumentException(trace + ": no allocation (expected: at least one)");
        }
        TraceProgram workload = WorkloadGenerator.generate(profile, seen.get(0));
        Likeness likeness = Likeness.of(
                seen.get(0), TraceProfiler.profile(workload).entryPoints().get(0));
        System.out.printf(
                Locale.ROOT,
                "%s: sizes %.2f, peak %.2f, lifetimes %.2f, events %.2f of the program's%n",
                program.name(),
                likeness.sizes(),
                likeness.peak(),
                likeness.lifetimes(),
                (double) workload.eventCount() / Math.max(1, program.eventCount()));
        return Math.max(Double.MIN_NORMAL, likeness.overall());
    }
}
