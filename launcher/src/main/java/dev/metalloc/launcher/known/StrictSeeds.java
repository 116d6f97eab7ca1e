// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.seed.SeedCatalog;
import dev.metalloc.policy.seed.StrictConflict;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Holds policies against the strict seeds of the packages on an application's class path. */
public final class StrictSeeds {

    private final Surroundings surroundings;
    private final List<Path> classPath;

    public StrictSeeds(Surroundings surroundings, List<Path> classPath) {
        this.surroundings = surroundings;
        this.classPath = classPath;
    }

    /** The choice without what a strict seed leaves: what is known to break, no gain outweighs that was measured. */
    public PolicyChoice observed(PolicyChoice choice) {
        List<StrictConflict> conflicts = conflicts(choice);
        if (conflicts.isEmpty()) {
            return choice;
        }
        return new PolicyChoice(
                choice.policy().map(policy -> StrictConflict.without(policy, conflicts)),
                explained(choice, conflicts, ": left to the JDK, since "),
                notice(choice.policy().map(Policy::app).orElse(""), conflicts));
    }

    /** The choice as it is, with what strict seeds say against it among its explanation. */
    public PolicyChoice mentioned(PolicyChoice choice) {
        List<StrictConflict> conflicts = conflicts(choice);
        return new PolicyChoice(choice.policy(), explained(choice, conflicts, ": served, though "));
    }

    private List<StrictConflict> conflicts(PolicyChoice choice) {
        Optional<Policy> policy = choice.policy();
        if (policy.isEmpty()
                || classPath.isEmpty()
                || policy.get().rules().stream().allMatch(PolicyRule::isLeave)) {
            return List.of();
        }
        Path ownSeeds = MetallocHome.of(surroundings).seeds();
        return StrictConflict.of(policy.get(), SeedCatalog.load(ownSeeds, surroundings::tell), classPath);
    }

    private static List<String> explained(PolicyChoice choice, List<StrictConflict> conflicts, String verdict) {
        List<String> explanation = new ArrayList<>(choice.explanation());
        conflicts.forEach(conflict -> explanation.add(conflict.ruleWords() + verdict + conflict.seedWords()));
        return explanation;
    }

    private static String notice(String app, List<StrictConflict> conflicts) {
        String entryPoints = conflicts.stream()
                .map(conflict -> conflict.rule().entryPoint().toString())
                .distinct()
                .collect(Collectors.joining(", "));
        String seeds = conflicts.stream()
                .map(conflict -> conflict.found().seed().name())
                .distinct()
                .collect(Collectors.joining(", "));
        return entryPoints + " left to the JDK against the policy for " + app + ": strict in the seeds of " + seeds
                + " (run --explain says why)";
    }
}
