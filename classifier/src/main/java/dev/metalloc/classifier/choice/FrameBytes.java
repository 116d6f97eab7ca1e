// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;

/** How large the frame must be that a thread's confined arenas are served from. */
final class FrameBytes {

    // Smaller frames save nothing: a thread's first touch faults single pages in either way.
    static final long MIN_BYTES = 64L << 10;
    // A larger frame per thread would hold more than most programs' arenas ever need; what is beyond goes to the JDK.
    static final long MAX_BYTES = 16L << 20;

    private static final long BLOCK_QUANTUM_BYTES = 16;

    /** Where more of the blocks are virtual threads' the arenas that a thread has open are those of others that it carries, with frames of their own. */
    private static final double MOSTLY_VIRTUAL_RATIO = 0.5;

    private FrameBytes() {}

    /** The power of two that covers 999 of 1000 arenas, as many at once as one thread had open. */
    static long of(EntryPointFeatures entryPoint, BandFeatures framed) {
        long openCount = entryPoint.virtualThreadRatio() > MOSTLY_VIRTUAL_RATIO ? 1 : entryPoint.maxOpenCount();
        double needed = (double) arenaBytes(entryPoint, framed) * Math.max(1, openCount);
        if (needed >= MAX_BYTES) {
            return MAX_BYTES;
        }
        long bytes = Math.max(MIN_BYTES, (long) needed);
        return Long.bitCount(bytes) == 1 ? bytes : Long.highestOneBit(bytes) << 1;
    }

    // The bytes per arena count blocks too large for a frame as well. Where there are such, as many blocks as the arena
    // had,
    // each of twice the mean size of those that fit, is the closer bound.
    private static long arenaBytes(EntryPointFeatures entryPoint, BandFeatures framed) {
        if (framed.maxByteSize() == entryPoint.all().maxByteSize()) {
            return entryPoint.arenaBytesHigh();
        }
        double bound = entryPoint.arenaBlocksHigh() * 2 * (framed.meanByteSize() + BLOCK_QUANTUM_BYTES);
        return (long) Math.min((double) entryPoint.arenaBytesHigh(), bound);
    }
}
