// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.plan.ExpectedUse;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.List;

/**
 * Which allocator serves one band of sizes of one entry point, and why.
 *
 * @param minByteSize smallest request, inclusive
 * @param maxByteSize largest request, inclusive
 * @param allocator the allocator, or {@link #LEAVE}
 * @param confidence 0..1
 * @param reasons one sentence each
 * @param expected what the profile said of the rule's blocks
 */
public record PolicyRule(
        EntryPoint entryPoint,
        PolicySite site,
        long minByteSize,
        long maxByteSize,
        AllocatorSpec allocator,
        double confidence,
        List<String> reasons,
        ExpectedUse expected) {

    /** Stays on the JDK's own path. */
    public static final AllocatorSpec LEAVE = AllocatorSpec.of(PlanRule.LEAVE);

    public PolicyRule {
        if (minByteSize < 0 || maxByteSize < minByteSize) {
            throw new IllegalArgumentException(
                    "minBytes..maxBytes: " + minByteSize + ".." + maxByteSize + " (expected: 0 <= min <= max)");
        }
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence: " + confidence + " (expected: 0 to 1)");
        }
        if (allocator.allocator().isBlank()) {
            throw new IllegalArgumentException("allocator: empty (expected: an allocator's name or leave)");
        }
        reasons = List.copyOf(reasons);
    }

    /** A rule with no profile behind it. */
    public PolicyRule(
            EntryPoint entryPoint,
            PolicySite site,
            long minByteSize,
            long maxByteSize,
            AllocatorSpec allocator,
            double confidence,
            List<String> reasons) {
        this(entryPoint, site, minByteSize, maxByteSize, allocator, confidence, reasons, ExpectedUse.UNKNOWN);
    }

    /** Whether its blocks stay on the JDK's own path, by whichever name. */
    public boolean isLeave() {
        return PlanRule.isLeave(allocator.allocator());
    }

    PlanRule toPlanRule() {
        return new PlanRule(
                entryPoint,
                site.hash(),
                site.method(),
                minByteSize,
                maxByteSize,
                isLeave() ? LEAVE : allocator,
                isLeave() ? ExpectedUse.UNKNOWN : expected);
    }
}
