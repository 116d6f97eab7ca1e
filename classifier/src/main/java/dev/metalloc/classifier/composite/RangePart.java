// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import java.util.Map;

/**
 * What could serve a range of sizes, and what that would cost.
 *
 * @param allocator an allocator's name
 * @param parameters of the allocator
 * @param nanos for all allocations and frees of the range
 * @param peakBytes held at the range's peak
 * @param fixedBytes held for having the part at all, however small its range
 * @param maxByteSize the largest size of the range
 */
record RangePart(
        String allocator,
        Map<String, String> parameters,
        double nanos,
        double peakBytes,
        double fixedBytes,
        long maxByteSize) {

    double bytes() {
        return peakBytes + fixedBytes;
    }
}
