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
        rules = List.copyOf(rules);
    }
}
