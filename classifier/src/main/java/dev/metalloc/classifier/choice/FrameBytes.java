// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.features.EntryPointFeatures;

/** How large the frame must be that a thread's confined arenas are served from. */
final class FrameBytes {

    // Smaller frames save nothing: a thread's first touch faults single pages in either way.
    static final long MIN_BYTES = 64L << 10;
    // A larger frame per thread would hold more than most programs' arenas ever need; what is beyond goes to the JDK.
    static final long MAX_BYTES = 16L << 20;

    private FrameBytes() {}

    /** The power of two that covers 999 of 1000 arenas, as many at once as one thread had open. */
    static long of(EntryPointFeatures entryPoint) {
        double needed = (double) entryPoint.arenaBytesHigh() * Math.max(1, entryPoint.maxOpenCount());
        if (needed >= MAX_BYTES) {
            return MAX_BYTES;
        }
        long bytes = Math.max(MIN_BYTES, (long) needed);
        return Long.bitCount(bytes) == 1 ? bytes : Long.highestOneBit(bytes) << 1;
    }
}
