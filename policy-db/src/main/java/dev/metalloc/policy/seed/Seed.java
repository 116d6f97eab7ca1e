// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import java.util.List;

/**
 * What is known of a package: one file of {@code policy-db/seeds}.
 *
 * @param name the file's name without {@code .toml}
 * @param title the package, for people
 * @param coordinates {@code group:artifact} of the jars that hold it; {@code jdk:java.base} for the JDK itself
 * @param versions a Maven version range, such as {@code [4.1,4.2)}
 * @param classes names that exist in one of these jars, and by which shaded copies are known
 * @param modules automatic or symbolic names by which a manifest tells it
 * @param uncovered what of its memory is out of reach, and why; empty where nothing is
 */
public record Seed(
        String name,
        String title,
        List<String> coordinates,
        VersionRange versions,
        List<String> classes,
        List<String> modules,
        String uncovered,
        List<SeedRule> rules,
        List<Evidence> evidence) {

    /** The coordinates of the JDK, which is on no class path. */
    public static final String JDK = "jdk:java.base";

    public Seed {
        if (coordinates.isEmpty() || classes.isEmpty() || evidence.isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": without coordinates, classes or evidence (expected: at least one of each)");
        }
        if (rules.isEmpty() && uncovered.isEmpty()) {
            throw new IllegalArgumentException(
                    name + ": without rules (expected: at least one, or uncovered with the reason)");
        }
        coordinates = List.copyOf(coordinates);
        classes = List.copyOf(classes);
        modules = List.copyOf(modules);
        rules = List.copyOf(rules);
        evidence = List.copyOf(evidence);
    }

    public boolean isOfJdk() {
        return coordinates.contains(JDK);
    }
}
