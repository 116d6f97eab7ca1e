// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The policy that the seeds of an application's packages make together.
 *
 * <p>Blocks are told apart by entry point and size, not by who asks, so the packages' rules meet there. For each size the
 * first of these speaks: a strict rule, a rule that dispatches, a rule that leaves; among equals the surer one, then the
 * first by name. What is left of a rule where another speaks is kept.
 *
 * @param explanation who speaks for what, and who yields to whom; one line each
 */
public record SeededPolicy(Policy policy, List<String> explanation) {

    private static final Comparator<Claim> PRECEDENCE = Comparator.comparingInt(Claim::rank)
            .thenComparingDouble(claim -> -claim.rule().confidence())
            .thenComparing(claim -> claim.found().seed().name());

    private record Claim(FoundPackage found, SeedRule rule) {

        int rank() {
            return rule.strict() ? 0 : rule.isLeave() ? 2 : 1;
        }
    }

    /** Whether anything is served by an allocator of ours. */
    public boolean dispatches() {
        return policy.rules().stream().anyMatch(rule -> !rule.isLeave());
    }

    public static SeededPolicy of(String app, List<FoundPackage> packages, long nowEpochMillis) {
        List<Claim> claims = new ArrayList<>();
        packages.forEach(found -> found.seed().rules().forEach(rule -> claims.add(new Claim(found, rule))));
        claims.sort(PRECEDENCE);
        List<String> explanation = new ArrayList<>();
        packages.forEach(found -> explanation.add(describe(found)));
        List<PolicyRule> rules = new ArrayList<>();
        for (Claim claim : claims) {
            rules.addAll(granted(claim, rules, explanation));
        }
        rules.sort(Comparator.comparing(PolicyRule::entryPoint).thenComparingLong(PolicyRule::minByteSize));
        String provenance =
                "the seeds " + packages.stream().map(FoundPackage::name).collect(Collectors.joining(", "));
        return new SeededPolicy(new Policy(app, 1, nowEpochMillis, provenance, "time", rules), explanation);
    }

    private static String describe(FoundPackage found) {
        return "seed " + found.name() + ": found by " + found.how().words() + " in " + found.where()
                + (found.seed().uncovered().isEmpty()
                        ? ""
                        : "; not covered: " + found.seed().uncovered());
    }

    /** The claim's rule for the sizes that nobody before it speaks for. */
    private static List<PolicyRule> granted(Claim claim, List<PolicyRule> before, List<String> explanation) {
        SeedRule rule = claim.rule();
        List<SizeRange> free = new ArrayList<>();
        free.add(new SizeRange(rule.minByteSize(), rule.maxByteSize()));
        for (PolicyRule other : before) {
            if (other.entryPoint() == rule.entryPoint()) {
                SizeRange taken = new SizeRange(other.minByteSize(), other.maxByteSize());
                if (free.stream().anyMatch(taken::overlaps)) {
                    explanation.add(told(claim) + " yields " + taken.words() + " to "
                            + other.reasons().getFirst());
                }
                free = free.stream()
                        .flatMap(range -> range.without(taken).stream())
                        .collect(Collectors.toCollection(ArrayList::new));
            }
        }
        free.forEach(range -> explanation.add(told(claim) + " speaks for " + range.words() + ": "
                + rule.reasons().getFirst()));
        return free.stream().map(range -> rule(claim, range)).toList();
    }

    private static PolicyRule rule(Claim claim, SizeRange range) {
        List<String> reasons = new ArrayList<>();
        reasons.add("seed " + claim.found().name());
        reasons.addAll(claim.rule().reasons());
        return new PolicyRule(
                claim.rule().entryPoint(),
                PolicySite.ANY,
                range.minByteSize(),
                range.maxByteSize(),
                claim.rule().allocator(),
                claim.rule().confidence(),
                reasons);
    }

    private static String told(Claim claim) {
        return String.format(
                Locale.ROOT,
                "%s %s: seed %s%s",
                claim.rule().entryPoint(),
                claim.rule().allocator().allocator(),
                claim.found().seed().name(),
                claim.rule().strict() ? " (strict)" : "");
    }
}
