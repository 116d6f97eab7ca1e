// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.allocators.AllocatorCatalog;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.composite.CompositeChooser;
import dev.metalloc.classifier.composite.CompositeInput;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.timing.Subject;
import java.util.List;

/**
 * What the classifier composes for a trace, from the trace's profile.
 *
 * @param subject the composite, called {@code auto}
 * @param paretoFront what else was not beaten in both time and memory
 */
record AutoChoice(Subject subject, Composition composition, List<Composition> paretoFront) {

    static final String LABEL = "auto";

    AutoChoice {
        paretoFront = List.copyOf(paretoFront);
    }

    /** @throws IllegalArgumentException where the profile has no allocation */
    static AutoChoice of(Profile profile, CostModel costs, Objective objective) {
        EntryPointProfile entryPoint = profile.entryPoints().stream()
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("profile: no allocation (expected: at least one)"));
        AllocatorCatalog catalog = AllocatorCatalog.load(AutoChoice.class.getClassLoader());
        CompositeChooser.Choice choice = new CompositeChooser(catalog.traits(), costs)
                .choose(CompositeInput.bare(profile, entryPoint), objective);
        AllocatorSpec spec = choice.chosen().spec();
        return new AutoChoice(
                Subject.ours(LABEL, spec.allocator(), spec.parameters()), choice.chosen(), choice.paretoFront());
    }
}
