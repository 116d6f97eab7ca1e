// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.replay.choice.AutoChoice;
import dev.metalloc.replay.profile.TraceProfiler;
import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.timing.Timing;
import dev.metalloc.replay.trace.TraceCompiler;
import dev.metalloc.replay.trace.TraceProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Times the finalists of {@code auto} on the trace itself, all of them in turn: how well the workload that they were timed on, and the model,
 * tell which is the fastest, and how far the choice is from that one.
 */
public final class FinalistsMain {

    private FinalistsMain() {}

    /** Arguments: a file of calibrated costs or an empty word, an objective, traces. */
    public static void main(String[] words) {
        try {
            CostModel costs = CostsFile.read(words[0]);
            Objective objective = Objective.of(words[1]);
            double logRatios = 0;
            List<String> traces = List.of(words).subList(2, words.length);
            for (String trace : traces) {
                logRatios += Math.log(behind(Path.of(trace), costs, objective));
            }
            System.out.printf(
                    Locale.ROOT,
                    "behind the fastest finalist, geometric mean: %.1f %%%n",
                    100 * (Math.exp(logRatios / traces.size()) - 1));
        } catch (IOException | IllegalArgumentException e) {
            Refusal.exit(e);
        }
    }

    /** Prints the finalists of one trace; answers the choice's time over that of the fastest. */
    private static double behind(Path trace, CostModel costs, Objective objective) throws IOException {
        TraceProgram program = TraceCompiler.compile(trace);
        AutoChoice choice = AutoChoice.of(TraceProfiler.profile(program), costs, objective);
        if (choice.finalists().isEmpty()) {
            System.out.printf(
                    "%s: nothing to choose between: %s%n",
                    program.name(), choice.composition().text());
            return 1;
        }
        List<Subject> subjects = new ArrayList<>();
        choice.finalists().forEach(finalist -> subjects.add(finalist.subject()));
        Map<Subject, Timing> onTrace = new InterleavedTimer(InterleavedTimer.Effort.THOROUGH).time(program, subjects);
        System.out.printf("%s:  ns an event by the model, on the workload, on the trace%n", program.name());
        double chosen = Double.NaN;
        double fastest = Double.MAX_VALUE;
        for (AutoChoice.Finalist finalist : choice.finalists()) {
            Composition composition = finalist.composition();
            Timing real = onTrace.get(finalist.subject());
            if (real == null) {
                continue; // it cannot serve the trace
            }
            boolean isChosen = composition.equals(choice.composition());
            chosen = isChosen ? real.nanosPerEvent() : chosen;
            fastest = Math.min(fastest, real.nanosPerEvent());
            System.out.printf(
                    Locale.ROOT,
                    "  %s %7.1f %8.1f ± %4.1f %8.1f ± %4.1f   %s%n",
                    isChosen ? "chosen" : "      ",
                    composition.nanosPerEvent(),
                    finalist.onWorkload().nanos(),
                    finalist.onWorkload().error(),
                    real.nanosPerEvent(),
                    real.nanosPerEventError(),
                    composition.text());
        }
        return Double.isNaN(chosen) ? 1 : chosen / fastest;
    }
}
