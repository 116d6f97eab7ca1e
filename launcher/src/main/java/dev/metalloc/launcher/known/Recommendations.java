// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.classifier.Classifier;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.cost.CostModel;

/** What the classifier says with the allocators and costs at hand. */
public final class Recommendations {

    private Recommendations() {}

    public static Recommendation of(ProfiledRuns profiled, CostModel costs, Objective objective) {
        return new Classifier(
                        AllocatorCatalog.load(Recommendations.class.getClassLoader())
                                .traits(),
                        costs,
                        objective)
                .classify(profiled.weighed(), profiled.runs());
    }
}
