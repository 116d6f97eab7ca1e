// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.profiler.api.BandProfile;
import java.util.List;
import java.util.Map;

/**
 * What could serve a range of neighbouring bands, and what that would cost.
 *
 * @param allocator an allocator's name, or {@link dev.metalloc.classifier.Verdict#LEAVE}
 * @param parameters of the allocator
 * @param bands the range
 * @param nanos for all allocations and frees of the range
 * @param bytes held at the range's peak, and for having the part at all
 * @param maxByteSize the largest size it serves
 * @param wasteRatio bytes inside its blocks that nobody asked for, as a part of what was asked for
 */
public record RangePart(
        String allocator,
        Map<String, String> parameters,
        List<BandProfile> bands,
        double nanos,
        double bytes,
        long maxByteSize,
        double wasteRatio) {

    public RangePart {
        parameters = Map.copyOf(parameters);
        bands = List.copyOf(bands);
    }

    /** Of an allocation with its free. */
    public double pairNanos() {
        long pairs = bands.stream().mapToLong(BandProfile::allocateCount).sum();
        return nanos / Math.max(1, pairs);
    }

    /** How many classes a slab has. */
    public int classCount() {
        String classes = parameters.get("classes");
        return classes == null ? 0 : classes.split(",", -1).length;
    }
}
