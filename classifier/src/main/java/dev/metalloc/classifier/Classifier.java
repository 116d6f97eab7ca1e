// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.choice.VerdictChooser;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.classifier.flags.FlagRaiser;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.List;

/**
 * Says of a profile what the program does and which allocators it should get.
 *
 * <p>Immutable; any thread. The same profile, candidates and costs always get the same recommendation.
 */
public final class Classifier {

    private final VerdictChooser chooser;

    /**
     * @param candidates traits of the allocators to choose from, in any order
     * @param costs what they and the JDK's path cost
     */
    public Classifier(List<AllocatorTraits> candidates, CostModel costs) {
        this.chooser = new VerdictChooser(candidates, costs);
    }

    public Recommendation classify(Profile profile) {
        ApplicationFeatures application = FeatureExtractor.extract(profile);
        return new Recommendation(
                profile.run().app(),
                profile.run().runCount(),
                FlagRaiser.application(application).strongestFirst(),
                chooser.choose(profile, application),
                notes(profile));
    }

    private static List<String> notes(Profile profile) {
        List<String> notes = new ArrayList<>(profile.run().lacks());
        if (!profile.run().complete()) {
            notes.add("the run did not end in order, so its last seconds may be missing");
        }
        if (profile.cost().droppedBlockCount() > 0) {
            notes.add(Figures.count(profile.cost().droppedBlockCount()) + " blocks were not followed to their free");
        }
        return notes;
    }
}
