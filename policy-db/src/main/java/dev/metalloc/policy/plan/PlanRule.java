// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.plan;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.profiler.api.EntryPoint;

/**
 * Which allocator serves one band of sizes of one entry point.
 *
 * <p>A rule for one site goes before a rule for {@link #ANY_SITE}.
 *
 * @param siteHash the site it speaks of, or {@link #ANY_SITE}
 * @param siteMethod where the site calls from, as {@code class.method}; empty for all sites, or where it is not known
 * @param minByteSize smallest request, inclusive
 * @param maxByteSize largest request, inclusive
 * @param spec the allocator; one named {@link #LEAVE} keeps on the JDK's path what another rule would have taken: a single site, or
 *     sizes between those of two rules
 * @param expected what the rule was made for
 */
public record PlanRule(
        EntryPoint entryPoint,
        long siteHash,
        String siteMethod,
        long minByteSize,
        long maxByteSize,
        AllocatorSpec spec,
        ExpectedUse expected) {

    /** The site hash of a rule for all sites. */
    public static final long ANY_SITE = 0L;

    /** The allocator name that stands for the JDK's own path. */
    public static final String LEAVE = "leave";

    /** The C library's heap, which is the JDK's own path: its blocks cannot be told from those of the JDK. */
    public static final String SYSTEM = "system";

    private static final String FRAMES = "bump";

    public PlanRule {
        if (minByteSize < 0 || maxByteSize < minByteSize) {
            throw new IllegalArgumentException(
                    "size range: " + minByteSize + ".." + maxByteSize + " (expected: 0 <= min <= max)");
        }
    }

    /** A rule of which nothing is known but what it says. */
    public PlanRule(EntryPoint entryPoint, long siteHash, long minByteSize, long maxByteSize, AllocatorSpec spec) {
        this(entryPoint, siteHash, "", minByteSize, maxByteSize, spec, ExpectedUse.UNKNOWN);
    }

    /** Whether this rule keeps its blocks on the JDK's path. */
    public boolean isLeave() {
        return isLeave(spec.allocator());
    }

    /** Whether an allocator of this name stands for the JDK's own path. */
    public static boolean isLeave(String allocator) {
        return allocator.equals(LEAVE) || allocator.equals(SYSTEM);
    }

    /** Whether run mode serves the entry point at all; others are recorded only. */
    public static boolean isServed(EntryPoint entryPoint) {
        return entryPoint == EntryPoint.ARENA_CONFINED
                || entryPoint == EntryPoint.ARENA_SHARED
                || entryPoint == EntryPoint.ARENA_AUTO
                || entryPoint == EntryPoint.DIRECT_BUFFER
                || entryPoint == EntryPoint.UNSAFE
                || entryPoint == EntryPoint.MALLOC_DOWNCALL
                || entryPoint == EntryPoint.NETTY
                || entryPoint == EntryPoint.ARROW;
    }

    /** Whether the rule's arenas are cut from frames. */
    public boolean isForFrames() {
        return entryPoint == EntryPoint.ARENA_CONFINED && spec.allocator().equals(FRAMES);
    }

    /** Whether both rules speak of the same entry point and site, and of some common size. */
    public boolean overlaps(PlanRule other) {
        return entryPoint == other.entryPoint
                && siteHash == other.siteHash
                && minByteSize <= other.maxByteSize
                && other.minByteSize <= maxByteSize;
    }

    /** Whether it speaks of all sites. */
    public boolean isForAllSites() {
        return siteHash == ANY_SITE;
    }

    String range() {
        return entryPoint.name() + " " + minByteSize + ".." + maxByteSize;
    }
}
