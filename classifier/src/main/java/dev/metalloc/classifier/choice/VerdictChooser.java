// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.EntryPointFront;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.composite.CompositeChooser;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.List;

/** Chooses for every entry point of a profile. Immutable; any thread. */
public final class VerdictChooser {

    private final OptionWeigher weigher;
    private final BlockComposer composer;
    private final Objective objective;

    public VerdictChooser(List<AllocatorTraits> candidates, CostModel costs, Objective objective) {
        this.weigher = new OptionWeigher(candidates, costs);
        this.composer = new BlockComposer(new CompositeChooser(candidates, costs), weigher, costs, objective);
        this.objective = objective;
    }

    /**
     * What was chosen.
     *
     * @param verdicts disjoint in entry point, site and sizes
     * @param fronts what was not beaten, for each entry point that something was composed for
     */
    public record Chosen(List<Verdict> verdicts, List<EntryPointFront> fronts) {
        public Chosen {
            verdicts = List.copyOf(verdicts);
            fronts = List.copyOf(fronts);
        }
    }

    public Chosen choose(Profile profile, ApplicationFeatures application) {
        List<Verdict> verdicts = new ArrayList<>();
        List<EntryPointFront> fronts = new ArrayList<>();
        HeldMemory heldMemory = new HeldMemory(profile, objective);
        for (EntryPointFeatures entryPoint : application.entryPoints()) {
            Confidence confidence = new Confidence(application, profile.run().complete(), weigher.errorLog(entryPoint));
            Gain gain = new Gain(application, entryPoint, weigher, objective, heldMemory);
            VerdictWriter writer = new VerdictWriter(profile, application, entryPoint, weigher, gain, confidence);
            EntryPointChooser chooser = new EntryPointChooser(application, entryPoint, weigher, composer, writer, gain);
            List<Verdict> chosen = chooser.choose();
            verdicts.addAll(chosen);
            verdicts.addAll(
                    new SiteChooser(profile, application, entryPoint, composer, weigher, writer, gain, confidence)
                            .choose(chosen));
            fronts.addAll(chooser.fronts());
        }
        return new Chosen(verdicts, fronts);
    }
}
