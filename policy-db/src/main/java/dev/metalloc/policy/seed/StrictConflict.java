// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A policy's rule that serves what a strict seed leaves to the JDK: the policy was made from what a profile measured, which
 * shows what there is to win and not what breaks.
 *
 * @param rule of the policy
 * @param found the package of the seed
 * @param strict the seed's rule
 */
public record StrictConflict(PolicyRule rule, FoundPackage found, SeedRule strict) {

    /**
     * All conflicts of a policy with the seeds of the packages on a class path; no jar is opened where no seed could be in
     * conflict.
     */
    public static List<StrictConflict> of(Policy policy, SeedCatalog catalog, List<Path> classPath) {
        SeedCatalog inQuestion = new SeedCatalog(catalog.seeds().stream()
                .filter(seed -> policy.rules().stream()
                        .anyMatch(rule -> seed.rules().stream().anyMatch(strict -> isConflict(rule, strict))))
                .toList());
        if (inQuestion.seeds().isEmpty()) {
            return List.of();
        }
        List<StrictConflict> conflicts = new ArrayList<>();
        for (FoundPackage found : new PackageFinder(inQuestion).on(classPath)) {
            for (PolicyRule rule : policy.rules()) {
                found.seed().rules().stream()
                        .filter(strict -> isConflict(rule, strict))
                        .findFirst()
                        .ifPresent(strict -> conflicts.add(new StrictConflict(rule, found, strict)));
            }
        }
        return conflicts;
    }

    // Whole rules, not only the sizes in common: what a rule's profile expects of its blocks holds for all of them.
    private static boolean isConflict(PolicyRule rule, SeedRule strict) {
        return strict.strict()
                && strict.isLeave()
                && !rule.isLeave()
                && rule.entryPoint() == strict.entryPoint()
                && range(rule).overlaps(new SizeRange(strict.minByteSize(), strict.maxByteSize()));
    }

    /** The policy with the JDK in place of the rules in conflict: without any rule their sizes might be those of a rule above. */
    public static Policy without(Policy policy, List<StrictConflict> conflicts) {
        return new Policy(
                policy.app(),
                policy.version(),
                policy.createdEpochMillis(),
                policy.provenance(),
                policy.objective(),
                policy.rules().stream()
                        .map(rule -> conflicts.stream()
                                        .anyMatch(conflict -> conflict.rule().equals(rule))
                                ? left(rule)
                                : rule)
                        .toList());
    }

    private static PolicyRule left(PolicyRule rule) {
        return new PolicyRule(
                rule.entryPoint(),
                rule.site(),
                rule.minByteSize(),
                rule.maxByteSize(),
                PolicyRule.LEAVE,
                rule.confidence(),
                rule.reasons());
    }

    /** The policy's rule in words, such as {@code UNSAFE slab for sizes 1 to 4096}. */
    public String ruleWords() {
        return rule.entryPoint() + " " + rule.allocator().allocator() + " for "
                + range(rule).words();
    }

    /** What the seed says against it. */
    public String seedWords() {
        return "seed " + found.name() + " is strict: " + strict.reasons().getFirst();
    }

    private static SizeRange range(PolicyRule rule) {
        return new SizeRange(rule.minByteSize(), rule.maxByteSize());
    }
}
