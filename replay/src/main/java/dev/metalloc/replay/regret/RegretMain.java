// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.choice.AutoChoice;
import dev.metalloc.replay.profile.TraceProfiler;
import dev.metalloc.replay.trace.TraceCompiler;
import dev.metalloc.replay.trace.TraceProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Compares {@code auto} with the best of our candidates, found by replaying all of them: every composition of one or two parts,
 * with every limit and every parameter the chooser weighs, and everything on its Pareto front.
 *
 * <p>Peaks first, which are exact; then the times of those that hold no more than the objective allows.
 */
public final class RegretMain {

    private static final int MOST_PARTS = 2;
    // What the model puts so far behind the choice is not timed: it would be wrong by more than that.
    private static final double MOST_MODEL_RATIO = 1.7;

    // Peaks are expected to a twentieth or so.
    private static final double MOST_PEAK_RATIO = 1.2;

    private final Path trace;
    private final TraceProgram program;
    private final Profile profile;
    private final CostModel costs;

    private RegretMain(Path trace, CostModel costs) throws IOException {
        this.trace = trace;
        this.program = TraceCompiler.compile(trace);
        this.profile = TraceProfiler.profile(program);
        this.costs = costs;
    }

    /** Arguments: a file of calibrated costs or an empty word, objectives, traces. */
    public static void main(String[] words) throws InterruptedException {
        try {
            CostModel costs = CostsFile.read(words[0]);
            for (String trace : List.of(words).subList(2, words.length)) {
                new RegretMain(Path.of(trace), costs).print(words[1]);
            }
        } catch (IOException | IllegalArgumentException e) {
            Refusal.exit(e);
        }
    }

    private void print(String objectives) throws IOException, InterruptedException {
        List<Composition> compositions = new ArrayList<>(AutoChoice.candidates(profile, costs, MOST_PARTS));
        List<AutoChoice> choices = new ArrayList<>();
        for (String name : objectives.split(",", -1)) {
            AutoChoice choice = AutoChoice.of(profile, costs, Objective.of(name));
            choices.add(choice);
            compositions.addAll(choice.paretoFront());
        }
        if (choices.stream().noneMatch(choice -> choice.objective() == Objective.MEMORY)) {
            compositions.removeIf(each -> choices.stream().noneMatch(choice -> mayBeTimed(each, choice)));
        }
        for (AutoChoice choice : choices) {
            compositions.add(choice.composition());
            compositions.add(untimed(choice.objective()));
        }
        CandidateSet candidates = new CandidateSet(program, compositions);
        for (AutoChoice choice : choices) {
            print(choice, candidates);
        }
    }

    /** Whether it is close enough to what is allowed, and to the choice's time, by the model. */
    private static boolean mayBeTimed(Composition composition, AutoChoice choice) {
        return composition.peakBytes() <= MOST_PEAK_RATIO * choice.allowedBytes()
                && composition.nanosPerEvent()
                        <= MOST_MODEL_RATIO * choice.composition().nanosPerEvent();
    }

    private Composition untimed(Objective objective) {
        return AutoChoice.untimed(profile, costs, objective).composition();
    }

    private void print(AutoChoice choice, CandidateSet candidates) throws IOException, InterruptedException {
        Candidate chosen = candidates.of(choice.composition());
        System.out.printf(
                Locale.ROOT,
                "%s %s: %d candidates, chosen: %s%n",
                program.name(),
                choice.objective().label(),
                candidates.all().size(),
                choice.composition().text());
        SlabWaste.of(choice.composition(), program).forEach(waste -> System.out.println("  " + waste.text()));
        if (choice.objective() == Objective.MEMORY) {
            double regret = (double) chosen.peakBytes() / candidates.leastPeakBytes() - 1;
            System.out.printf(
                    Locale.ROOT,
                    "  regret %.1f %%: %d bytes at the peak, the least %d%n",
                    100 * regret,
                    chosen.peakBytes(),
                    candidates.leastPeakBytes());
            return;
        }
        double allowed = Math.max(choice.allowedBytes(), (double) candidates.leastPeakBytes());
        List<Candidate> timed = candidates.all().stream()
                .filter(each -> each.peakBytes() <= allowed
                        && each.composition().nanosPerEvent()
                                <= MOST_MODEL_RATIO * choice.composition().nanosPerEvent())
                .toList();
        Candidate untimed = candidates.of(untimed(choice.objective()));
        print(chosen, untimed, allowed, new Race(trace, chosen, List.of(untimed)).run(timed), timed.size());
    }

    private static void print(
            Candidate chosen, Candidate untimed, double allowed, List<Race.Result> results, int timed) {
        Race.Result best = results.stream()
                .filter(result -> result.candidate().peakBytes() <= allowed
                        || result.candidate().equals(chosen))
                .findFirst()
                .orElseThrow();
        System.out.printf(
                Locale.ROOT,
                "  regret %.1f %% (+- %.1f) in time, %.1f %% beyond the allowed peak of %.0f bytes; %d timed%n",
                100 * (1 / best.ratio() - 1),
                100 * best.error() / best.ratio() / best.ratio(),
                100 * Math.max(0, chosen.peakBytes() / allowed - 1),
                allowed,
                timed);
        for (Race.Result result : results) {
            System.out.printf(
                    Locale.ROOT,
                    "  %s %.3f +- %.3f, %.2f ns an event, model %.2f, %d bytes: %s%n",
                    result.candidate().equals(chosen) ? "*" : result.candidate().equals(untimed) ? "-" : " ",
                    result.ratio(),
                    result.error(),
                    result.nanosPerEvent(),
                    result.candidate().composition().nanosPerEvent(),
                    result.candidate().peakBytes(),
                    result.candidate().composition().text());
        }
    }
}
