// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.seed;

import java.util.ArrayList;
import java.util.List;

/** A range of sizes, both ends inclusive. */
record SizeRange(long minByteSize, long maxByteSize) {

    boolean overlaps(SizeRange other) {
        return minByteSize <= other.maxByteSize && other.minByteSize <= maxByteSize;
    }

    /** What is left of this one. */
    List<SizeRange> without(SizeRange other) {
        if (!overlaps(other)) {
            return List.of(this);
        }
        List<SizeRange> left = new ArrayList<>();
        if (minByteSize < other.minByteSize) {
            left.add(new SizeRange(minByteSize, other.minByteSize - 1));
        }
        if (maxByteSize > other.maxByteSize) {
            left.add(new SizeRange(other.maxByteSize + 1, maxByteSize));
        }
        return left;
    }

    String words() {
        if (maxByteSize == Long.MAX_VALUE) {
            return minByteSize == 0 ? "all sizes" : "sizes from " + minByteSize + " on";
        }
        return "sizes " + minByteSize + " to " + maxByteSize;
    }
}
