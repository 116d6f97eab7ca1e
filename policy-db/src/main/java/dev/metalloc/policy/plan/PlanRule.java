// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.profiler.api.EntryPoint;

/**
 * Which allocator serves one band of sizes of one entry point.
 *
 * @param siteHash the site it speaks of, or {@link #ANY_SITE}
 * @param minByteSize smallest request, inclusive
 * @param maxByteSize largest request, inclusive
 */
public record PlanRule(EntryPoint entryPoint, long siteHash, long minByteSize, long maxByteSize, AllocatorSpec spec) {

    /** The site hash of a rule for all sites. */
    public static final long ANY_SITE = 0L;

    public PlanRule {
        if (minByteSize < 0 || maxByteSize < minByteSize) {
            throw new IllegalArgumentException(
                    "size range: " + minByteSize + ".." + maxByteSize + " (expected: 0 <= min <= max)");
        }
    }
}
