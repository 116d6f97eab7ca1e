// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.plan.PlanRule;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.List;

/**
 * What a seed says about one band of sizes of one entry point.
 *
 * @param sites the classes that allocate, as a pattern with {@code *}, such as {@code io.netty.buffer.*}
 * @param minByteSize smallest request, inclusive
 * @param maxByteSize largest request, inclusive
 * @param allocator the allocator, or {@link PolicyRule#LEAVE}
 * @param strict no other package's rule may take these blocks: a {@code leave} that says "would do harm" where the others
 *     say "nothing to win"
 * @param confidence 0..1
 * @param reasons one sentence each
 */
public record SeedRule(
        EntryPoint entryPoint,
        String sites,
        long minByteSize,
        long maxByteSize,
        AllocatorSpec allocator,
        boolean strict,
        double confidence,
        List<String> reasons) {

    public SeedRule {
        if (minByteSize < 0 || maxByteSize < minByteSize) {
            throw new IllegalArgumentException(
                    "minBytes..maxBytes: " + minByteSize + ".." + maxByteSize + " (expected: 0 <= min <= max)");
        }
        if (!(confidence >= 0 && confidence <= 1)) {
            throw new IllegalArgumentException("confidence: " + confidence + " (expected: 0 to 1)");
        }
        if (reasons.isEmpty()) {
            throw new IllegalArgumentException("reasons: none (expected: at least one sentence)");
        }
        reasons = List.copyOf(reasons);
    }

    public boolean isLeave() {
        return PlanRule.isLeave(allocator.allocator());
    }
}
