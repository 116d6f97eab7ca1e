// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload;

import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What a workload computed.
 *
 * @param checksum of all results, the same in every run with the same arguments
 * @param allocations off-heap allocations by entry point, as far as the driver knows their exact number
 */
public record Outcome(long checksum, long operations, Map<String, Long> allocations) {

    public Outcome {
        allocations = Map.copyOf(allocations);
    }

    /** The line that a run with and one without the agent must have in common. */
    public String line() {
        String counts = new TreeMap<>(allocations)
                .entrySet().stream()
                        .map(entry -> entry.getKey() + "=" + entry.getValue())
                        .collect(Collectors.joining(","));
        return "checksum=" + Long.toHexString(checksum) + " operations=" + operations + " allocations="
                + (counts.isEmpty() ? "-" : counts);
    }
}
