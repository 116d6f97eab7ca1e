// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.classifier.Recommendation;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.policy.plan.ExpectedUse;
import java.util.List;

/** Turns what the classifier says into a policy that can be kept, read and edited. */
public final class RecommendedPolicy {

    private static final int FIRST_VERSION = 1;

    private RecommendedPolicy() {}

    public static Policy of(Recommendation recommendation, long createdEpochMillis) {
        List<PolicyRule> rules =
                recommendation.verdicts().stream().map(RecommendedPolicy::rule).toList();
        int runCount = recommendation.runCount();
        String provenance = "the profile of " + runCount + (runCount == 1 ? " run" : " runs");
        return new Policy(
                recommendation.app(),
                FIRST_VERSION,
                createdEpochMillis,
                provenance,
                recommendation.objective().label(),
                rules);
    }

    /** For people to read. */
    private static double rounded(double ratio) {
        return Math.rint(ratio * 1e4) / 1e4;
    }

    private static PolicyRule rule(Verdict verdict) {
        PolicySite site = verdict.siteHash() == PolicySite.ANY.hash()
                ? PolicySite.ANY
                : new PolicySite(verdict.siteHash(), verdict.siteText());
        return new PolicyRule(
                verdict.entryPoint(),
                site,
                verdict.minByteSize(),
                verdict.maxByteSize(),
                new AllocatorSpec(verdict.allocator(), verdict.parameters()),
                verdict.confidence(),
                verdict.reasons(),
                new ExpectedUse(
                        rounded(verdict.use().share()),
                        rounded(verdict.use().remoteFreeRatio()),
                        verdict.expected().peakBytesAfter()));
    }
}
