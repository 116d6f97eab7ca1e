// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.profiler.api.EntryPoint;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which allocator one band of sizes of one entry point should get, and why.
 *
 * @param siteHash the site it speaks of, 0 for all
 * @param siteText the site's frames, empty for all
 * @param minByteSize smallest request, inclusive
 * @param maxByteSize largest request, inclusive
 * @param allocator an allocator's name, or {@link #LEAVE}
 * @param parameters of the allocator, sorted by name
 * @param confidence 0..1
 * @param reasons one sentence each, the weightiest first
 * @param runnerUp what else was weighed and at which cost, or empty
 * @param use what the profile said of these blocks
 */
public record Verdict(
        EntryPoint entryPoint,
        long siteHash,
        String siteText,
        long minByteSize,
        long maxByteSize,
        String allocator,
        Map<String, String> parameters,
        Expected expected,
        double confidence,
        List<String> reasons,
        String runnerUp,
        BlockUse use) {

    /** The name that stands for the JDK's own path. */
    public static final String LEAVE = "leave";

    public Verdict {
        parameters = Collections.unmodifiableMap(new TreeMap<>(parameters));
        reasons = List.copyOf(reasons);
    }

    /** The same with another confidence and other reasons. */
    public Verdict with(double otherConfidence, List<String> otherReasons) {
        return new Verdict(
                entryPoint,
                siteHash,
                siteText,
                minByteSize,
                maxByteSize,
                allocator,
                parameters,
                expected,
                otherConfidence,
                otherReasons,
                runnerUp,
                use);
    }

    public boolean isLeave() {
        return allocator.equals(LEAVE);
    }
}
