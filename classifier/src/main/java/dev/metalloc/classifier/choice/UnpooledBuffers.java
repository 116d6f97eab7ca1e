// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.List;
import java.util.Optional;

/**
 * Tells a library that asks for memory for each of its buffers from one that cuts them from chunks of its own.
 *
 * <p>By figures: where it asks for each, some entry point saw about as many blocks as the library had buffers, of about their size. Their
 * memory is then no pool's, but ordinary blocks.
 *
 * @param library whose buffers they are
 * @param backing where their memory comes from
 */
record UnpooledBuffers(EntryPointProfile library, EntryPointProfile backing) {

    private static final double ALIKE_COUNT_RATIO = 0.9;
    // Sizes may have been rounded up to a power of two in between.
    private static final double ALIKE_SIZE_RATIO = 0.5;

    /** Those of one library, where it does not pool. */
    static Optional<UnpooledBuffers> of(EntryPoint library, List<EntryPointProfile> entryPoints) {
        return entryPoints.stream()
                .filter(buffers -> buffers.entryPoint() == library
                        && library.isPool()
                        && buffers.allocateCount() >= LeaveRules.MIN_ALLOCATE_COUNT)
                .flatMap(buffers -> entryPoints.stream()
                        .filter(blocks -> !blocks.entryPoint().isApart() && isAlike(buffers, blocks))
                        .map(blocks -> new UnpooledBuffers(buffers, blocks)))
                .findFirst();
    }

    /** What is to be said of a verdict on the memory behind a library's buffers. */
    static Optional<String> sentence(EntryPoint backing, List<EntryPointProfile> entryPoints) {
        return PoolChunks.LIBRARIES.stream()
                .flatMap(library -> of(library, entryPoints).stream())
                .filter(buffers -> buffers.backing.entryPoint() == backing)
                .findFirst()
                .map(buffers ->
                        PoolChunks.name(buffers.library.entryPoint()) + " pools nothing here: it asks for each of its "
                                + Figures.count(buffers.library.allocateCount())
                                + " buffers itself, and these are ordinary blocks");
    }

    private static boolean isAlike(EntryPointProfile buffers, EntryPointProfile blocks) {
        return ratio(buffers.allocateCount(), blocks.allocateCount()) >= ALIKE_COUNT_RATIO
                && ratio(buffers.allocateBytes(), blocks.allocateBytes()) >= ALIKE_SIZE_RATIO;
    }

    /** Of the smaller to the larger. */
    private static double ratio(long a, long b) {
        return Math.max(a, b) == 0 ? 0 : (double) Math.min(a, b) / Math.max(a, b);
    }
}
