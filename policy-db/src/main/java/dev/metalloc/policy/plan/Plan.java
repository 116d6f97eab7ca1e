// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

import java.util.List;

/**
 * A policy compiled for one JVM.
 *
 * @param app application identity
 * @param policy where the rules come from, in words: a policy's name and version, a seed, a file
 * @param limitBytes most bytes the allocators may commit together; what goes beyond is served by the JDK
 * @param rules disjoint size ranges per entry point and site; what no rule names is the JDK's
 */
public record Plan(String app, String policy, long limitBytes, List<PlanRule> rules) {

    public Plan {
        if (limitBytes < 0) {
            throw new IllegalArgumentException("limitBytes: " + limitBytes + " (expected: 0 or more)");
        }
        rules = List.copyOf(rules);
        requireDisjoint(rules);
    }

    // Plans have a handful of rules, so comparing all pairs costs less than sorting.
    private static void requireDisjoint(List<PlanRule> rules) {
        for (int i = 1; i < rules.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (rules.get(i).overlaps(rules.get(j))) {
                    throw new IllegalArgumentException("rules " + (j + 1) + " and " + (i + 1) + " overlap: "
                            + rules.get(j).range() + " and " + rules.get(i).range()
                            + " (expected: disjoint sizes per entry point and site)");
                }
            }
        }
    }
}
