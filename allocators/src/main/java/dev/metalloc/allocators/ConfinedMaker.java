// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.buddy.BuddyAllocator;
import dev.metalloc.allocators.concurrent.StripeMaker;
import dev.metalloc.allocators.segregated.SegregatedFitAllocator;
import dev.metalloc.allocators.source.ChunkSource;

/** Makes confined segregated fits or buddies from one specification. */
final class ConfinedMaker implements StripeMaker {

    /** Address space of each part but the first, which alone could serve all: it should last for many. */
    private static final long FURTHER_REGION_BYTES = 2L << 30;

    private final Parameters parameters;
    private final ChunkSource source;

    ConfinedMaker(Parameters parameters, ChunkSource source) {
        this.parameters = parameters;
        this.source = source;
    }

    @Override
    public OffHeapAllocator make(int number) {
        return parameters.allocator().equals("buddy") ? buddy(number) : segregated(number);
    }

    private OffHeapAllocator segregated(int number) {
        long maxBlockBytes = parameters.number("maxBlockBytes", SegregatedFitAllocator.DEFAULT_MAX_BLOCK_BYTES);
        long regionBytes = parameters.number("regionBytes", SegregatedFitAllocator.DEFAULT_REGION_BYTES);
        return new SegregatedFitAllocator(
                        source,
                        maxBlockBytes,
                        regionBytes(number, regionBytes, maxBlockBytes),
                        parameters.number("quickBytes", SegregatedFitAllocator.DEFAULT_QUICK_BYTES),
                        parameters.number("quickShare", SegregatedFitAllocator.DEFAULT_QUICK_SHARE),
                        parameters.number("spacing", SegregatedFitAllocator.DEFAULT_SPACING),
                        parameters.numbers("sizes"))
                .withHugePages(number == 0 ? parameters.number("hugeBytes", 0) : 0);
    }

    private OffHeapAllocator buddy(int number) {
        long chunkBytes = parameters.number("chunkBytes", BuddyAllocator.DEFAULT_CHUNK_BYTES);
        long regionBytes = parameters.number("regionBytes", BuddyAllocator.DEFAULT_REGION_BYTES);
        return new BuddyAllocator(
                source,
                parameters.number("minBlockBytes", BuddyAllocator.DEFAULT_MIN_BLOCK_BYTES),
                chunkBytes,
                regionBytes(number, regionBytes, chunkBytes),
                parameters.number("quickBytes", BuddyAllocator.DEFAULT_QUICK_BYTES));
    }

    private static long regionBytes(int number, long ofFirst, long leastBytes) {
        return number == 0 ? ofFirst : Math.min(ofFirst, Math.max(FURTHER_REGION_BYTES, leastBytes));
    }
}
