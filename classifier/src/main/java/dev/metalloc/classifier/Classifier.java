// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.choice.RunAgreement;
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
 * <p>Immutable; any thread. The same profile, candidates, costs and objective always get the same recommendation.
 */
public final class Classifier {

    private final VerdictChooser chooser;
    private final Objective objective;

    /**
     * @param candidates traits of the allocators to choose from, in any order
     * @param costs what they and the JDK's path cost
     * @param objective what the choice is to be good at
     */
    public Classifier(List<AllocatorTraits> candidates, CostModel costs, Objective objective) {
        this.chooser = new VerdictChooser(candidates, costs, objective);
        this.objective = objective;
    }

    public Recommendation classify(Profile profile) {
        ApplicationFeatures application = FeatureExtractor.extract(profile);
        VerdictChooser.Chosen chosen = chooser.choose(profile, application);
        return new Recommendation(
                profile.run().app(),
                profile.run().runCount(),
                objective,
                FlagRaiser.application(application).strongestFirst(),
                chosen.verdicts(),
                chosen.fronts(),
                notes(profile, application),
                SiteEvidence.of(profile),
                profile.heaps());
    }

    /**
     * The same of a profile that was merged from several, which are at hand: where they alone would get other verdicts, it is less sure,
     * and says so.
     *
     * @param merged of all of them, each as often as it counts
     */
    public Recommendation classify(Profile merged, List<CountedRun> runs) {
        Recommendation together = classify(merged);
        if (runs.size() < 2) {
            return together;
        }
        RunAgreement agreement = new RunAgreement(
                runs,
                runs.stream().map(run -> classify(run.profile()).verdicts()).toList());
        List<Verdict> verdicts =
                together.verdicts().stream().map(agreement::weighed).toList();
        return together.of(runs, verdicts);
    }

    private static List<String> notes(Profile profile, ApplicationFeatures application) {
        List<String> notes = new ArrayList<>(profile.run().lacks());
        if (!profile.run().complete()) {
            notes.add("the run did not end in order, so its last seconds may be missing");
        }
        if (profile.cost().droppedBlockCount() > 0) {
            notes.add(Figures.count(profile.cost().droppedBlockCount()) + " blocks were not followed to their free");
        }
        if (application.all().allocateCount() == 0) {
            notes.add(ofNoAllocation(profile));
        }
        return notes;
    }

    private static String ofNoAllocation(Profile profile) {
        long opened = profile.entryPoints().stream()
                .mapToLong(entryPoint -> entryPoint.arenas().openCount())
                .sum();
        return opened > 0
                ? Figures.count(opened) + (opened == 1 ? " arena was" : " arenas were")
                        + " opened that allocated nothing (for mapped files, for example)"
                : "memory that native code (JNI, JNA) allocates for itself is not seen";
    }
}
