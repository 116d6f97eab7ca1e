// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.choice;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.composite.CompositeChooser;
import dev.metalloc.classifier.composite.CompositeInput;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.composite.WorkloadReplay;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the classifier composes for a trace, from the trace's profile alone: it is checked on a workload made from the profile, never
 * on the trace.
 *
 * @param subject the composite, called {@code auto}
 * @param objective by which it was chosen
 * @param paretoFront what else was not beaten in both time and memory
 * @param allowedBytes what the objective lets it hold at the peak
 * @param finalists what was timed on the workload before the choice, the chosen one among it where there is any
 */
public record AutoChoice(
        Subject subject,
        Objective objective,
        Composition composition,
        List<Composition> paretoFront,
        double allowedBytes,
        List<Finalist> finalists) {

    public static final String LABEL = "auto";

    public AutoChoice {
        paretoFront = List.copyOf(paretoFront);
        finalists = List.copyOf(finalists);
    }

    /**
     * A composition that was timed.
     *
     * @param onWorkload how long it took for an event of the workload
     */
    public record Finalist(Composition composition, WorkloadReplay.MeasuredNanos onWorkload) {

        public Subject subject() {
            AllocatorSpec spec = composition.spec();
            return Subject.ours(composition.text(), spec.allocator(), spec.parameters());
        }
    }

    /**
     * Chooses by an objective.
     *
     * @throws IllegalArgumentException where the profile has no allocation, or nothing serves its blocks
     */
    public static AutoChoice of(Profile profile, CostModel costs, Objective objective) {
        return of(profile, costs, objective, GeneratedReplay.EFFORT);
    }

    /** What would be chosen if only peaks were checked, and times were what the model expects. */
    public static AutoChoice untimed(Profile profile, CostModel costs, Objective objective) {
        return of(profile, costs, objective, null);
    }

    private static AutoChoice of(
            Profile profile, CostModel costs, Objective objective, InterleavedTimer.@Nullable Effort effort) {
        EntryPointProfile entryPoint = entryPoint(profile);
        GeneratedReplay replay = new GeneratedReplay(profile, entryPoint, effort);
        CompositeChooser.Choice choice =
                chooser(costs).choose(CompositeInput.bare(profile, entryPoint), objective, replay);
        AllocatorSpec spec = choice.chosen().spec();
        return new AutoChoice(
                Subject.ours(LABEL, spec.allocator(), spec.parameters()),
                objective,
                choice.chosen(),
                choice.paretoFront(),
                choice.allowedBytes(),
                replay.finalists());
    }

    /** Everything of at most so many parts that could have been composed, good or bad. */
    public static List<Composition> candidates(Profile profile, CostModel costs, int mostParts) {
        return chooser(costs).candidates(CompositeInput.bare(profile, entryPoint(profile)), mostParts);
    }

    private static CompositeChooser chooser(CostModel costs) {
        return new CompositeChooser(
                AllocatorCatalog.load(AutoChoice.class.getClassLoader()).traits(), costs);
    }

    private static EntryPointProfile entryPoint(Profile profile) {
        return profile.entryPoints().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("profile: no allocation (expected: at least one)"));
    }
}
