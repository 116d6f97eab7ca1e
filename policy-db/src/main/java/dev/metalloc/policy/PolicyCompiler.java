// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanRule;
import java.util.ArrayList;
import java.util.List;

/** Compiles a policy into the plan of one JVM. Any thread. */
public final class PolicyCompiler {

    private PolicyCompiler() {}

    /**
     * Compiles the rules that dispatch something, in their order.
     *
     * <p>A {@code leave} rule is dropped, since what no rule names is left, unless it takes one site out of a rule for all
     * sites, or sizes from between two rules, which would go to the upper one. Rules that run mode never serves are dropped too:
     * {@link PolicyNotes} says so.
     *
     * @param limitBytes most bytes the allocators may commit together
     * @throws IllegalArgumentException naming two rules that speak of the same sizes, or both of a thread's frames
     */
    public static Plan compile(Policy policy, long limitBytes) {
        List<PlanRule> all = new ArrayList<>();
        for (PolicyRule rule : policy.rules()) {
            all.add(rule.toPlanRule());
        }
        requireDisjoint(policy, all);
        requireFramesOnce(policy, all);
        List<PlanRule> kept = new ArrayList<>();
        for (PlanRule rule : all) {
            boolean isNeeded = !rule.isLeave() || exceptsSite(rule, all) || isBetween(rule, all);
            if (isNeeded && PlanRule.isServed(rule.entryPoint())) {
                kept.add(rule);
            }
        }
        return new Plan(policy.app(), name(policy), limitBytes, kept);
    }

    private static String name(Policy policy) {
        return policy.app() + " version " + policy.version()
                + (policy.provenance().isBlank() ? "" : ", from " + policy.provenance());
    }

    private static boolean exceptsSite(PlanRule leave, List<PlanRule> all) {
        if (leave.siteHash() == PlanRule.ANY_SITE) {
            return false;
        }
        PlanRule forAllSites = new PlanRule(
                leave.entryPoint(), PlanRule.ANY_SITE, leave.minByteSize(), leave.maxByteSize(), leave.spec());
        return all.stream().anyMatch(rule -> !rule.isLeave() && rule.overlaps(forAllSites));
    }

    /** Whether the sizes lie between those of two rules that are served from one allocator of bands. */
    private static boolean isBetween(PlanRule leave, List<PlanRule> all) {
        boolean hasLower = false;
        boolean hasUpper = false;
        for (PlanRule rule : all) {
            if (!rule.isLeave()
                    && !rule.isForFrames()
                    && rule.entryPoint() == leave.entryPoint()
                    && rule.siteHash() == leave.siteHash()) {
                hasLower |= rule.maxByteSize() < leave.minByteSize();
                hasUpper |= rule.minByteSize() > leave.maxByteSize();
            }
        }
        return hasLower && hasUpper;
    }

    private static void requireFramesOnce(Policy policy, List<PlanRule> rules) {
        int first = -1;
        for (int i = 0; i < rules.size(); i++) {
            if (rules.get(i).isForFrames() && rules.get(i).isForAllSites()) {
                if (first >= 0) {
                    throw new IllegalArgumentException("policy " + policy.app() + " version " + policy.version()
                            + ": rules " + (first + 1) + " and " + (i + 1)
                            + " both cut ARENA_CONFINED from frames, of which a thread has one piece of memory"
                            + " (make them one rule)");
                }
                first = i;
            }
        }
    }

    private static void requireDisjoint(Policy policy, List<PlanRule> rules) {
        for (int i = 1; i < rules.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (rules.get(i).overlaps(rules.get(j))) {
                    throw new IllegalArgumentException(overlap(policy, j, i));
                }
            }
        }
    }

    private static String overlap(Policy policy, int first, int second) {
        PolicyRule a = policy.rules().get(first);
        PolicyRule b = policy.rules().get(second);
        return "policy " + policy.app() + " version " + policy.version() + ": rules " + (first + 1) + " and "
                + (second + 1) + " both speak of " + a.entryPoint() + " (site "
                + a.site().id() + "), sizes "
                + a.minByteSize() + ".." + a.maxByteSize() + " and " + b.minByteSize() + ".." + b.maxByteSize()
                + " (make their sizes disjoint)";
    }
}
