// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.profiler.api.EntryPoint;
import java.util.List;

/**
 * A range of sizes that one kind of allocator can serve at run time.
 *
 * @param minByteSize inclusive
 * @param maxByteSize inclusive
 * @param service what serves it
 */
record Zone(long minByteSize, long maxByteSize, Service service) {

    /** What can stand in for the JDK. */
    enum Service {
        /** A frame that is freed as a whole. */
        FRAMES,
        /** Allocators that free single blocks. */
        BLOCKS,
        NOTHING
    }

    // A block of a frame counts against all arenas of its thread; above this one, a block of its own is the better use.
    static final long FRAME_MAX_BYTES = 64L << 10;
    // Above it the JDK's own path, a mapping of its own, costs little beside the block's use.
    static final long SERVED_MAX_BYTES = 16L << 20;

    private static final Zone BEYOND = new Zone(SERVED_MAX_BYTES + 1, Long.MAX_VALUE, Service.NOTHING);

    static List<Zone> of(EntryPoint entryPoint) {
        if (entryPoint != EntryPoint.ARENA_CONFINED) {
            return List.of(new Zone(0, SERVED_MAX_BYTES, Service.BLOCKS), BEYOND);
        }
        return List.of(
                new Zone(0, FRAME_MAX_BYTES, Service.FRAMES),
                new Zone(FRAME_MAX_BYTES + 1, SERVED_MAX_BYTES, Service.BLOCKS),
                BEYOND);
    }
}
