// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import java.util.List;
import java.util.Optional;

/**
 * Tells blocks that are the chunks of a library's own pool: a pool of ours below it would keep the same memory twice.
 *
 * <p>By figures, since their sites are those of the buffers' users: large blocks, few beside the buffers that the library cut meanwhile.
 * Netty's chunks are 128 KiB (adaptive) or 4 MiB (pooled); a library that asks for each buffer asks about as often as it is asked.
 */
final class PoolChunks {

    /** Whose buffers are recorded beside their memory. */
    static final List<EntryPoint> LIBRARIES = List.of(EntryPoint.NETTY, EntryPoint.ARROW);

    private static final double LEAST_CHUNK_BYTES = 64 << 10;
    private static final long LEAST_BUFFERS_PER_CHUNK = 20;

    private PoolChunks() {}

    /** Why the blocks are left, or nothing where they are no chunks. */
    static Optional<String> reason(Profile profile, BandFeatures blocks) {
        if (blocks.meanByteSize() < LEAST_CHUNK_BYTES) {
            return Optional.empty();
        }
        for (EntryPoint library : LIBRARIES) {
            long buffers = profile.entryPoint(library)
                    .map(EntryPointProfile::allocateCount)
                    .orElse(0L);
            if (buffers >= LeaveRules.MIN_ALLOCATE_COUNT
                    && buffers >= LEAST_BUFFERS_PER_CHUNK * blocks.allocateCount()
                    && UnpooledBuffers.of(library, profile.entryPoints()).isEmpty()) {
                return Optional.of("these " + Figures.count(blocks.allocateCount()) + " blocks are chunks of "
                        + name(library) + "'s own pool, which cut "
                        + Figures.count(buffers) + " buffers from them: a pool below a pool would keep memory twice");
            }
        }
        return Optional.empty();
    }

    static String name(EntryPoint library) {
        return library == EntryPoint.NETTY ? "Netty" : "Arrow";
    }
}
