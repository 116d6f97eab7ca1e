// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.List;

/** Chooses for every entry point of a profile. Immutable; any thread. */
public final class VerdictChooser {

    private final OptionWeigher weigher;
    private final double costErrorLog;

    public VerdictChooser(List<AllocatorTraits> candidates, CostModel costs) {
        this.weigher = new OptionWeigher(candidates, costs);
        this.costErrorLog = costs.errorLog();
    }

    /** The verdicts, disjoint in entry point and sizes. */
    public List<Verdict> choose(Profile profile, ApplicationFeatures application) {
        Confidence confidence = new Confidence(application, profile.run().complete(), costErrorLog);
        List<Verdict> verdicts = new ArrayList<>();
        for (EntryPointFeatures entryPoint : application.entryPoints()) {
            VerdictWriter writer = new VerdictWriter(profile, entryPoint, weigher, confidence);
            verdicts.addAll(new EntryPointChooser(application, entryPoint, weigher, writer).choose());
        }
        return verdicts;
    }
}
