// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.concurrent.CachingAllocator;
import dev.metalloc.allocators.debug.CheckingAllocator;
import dev.metalloc.allocators.segregated.SegregatedFitAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Uses each allocator while the Java heap, which should be small, has no room at all; answers what broke by its exit code and output. */
final class FullHeap {

    private static final String[] SUBJECTS = {
        "slab",
        "confined slab",
        "segregated",
        "segregated, nothing held",
        "buddy",
        "buddy, nothing held",
        "bump",
        "caching",
        "checking",
        "segregated, striped",
        "buddy, striped",
        "composite",
    };

    private static final int[] FILLER_LENGTHS = {1 << 16, 1 << 10, 32, 1};
    private static final int ROUNDS = 4;
    private static final int LIVE = 512;
    private static final int OPERATIONS_WHILE_FULL = 48;
    private static final long REGION_BYTES = 1L << 30;

    private final long[] blocks = new long[LIVE];
    private long random = 42;
    private int failures;
    private @Nullable Object @Nullable [] filler;

    private FullHeap() {}

    public static void main(String[] arguments) {
        FullHeap full = new FullHeap();
        for (String subject : SUBJECTS) {
            full.play(subject, 0);
            full.failures = 0;
            for (int round = 1; round <= ROUNDS; round++) {
                full.play(subject, round);
            }
            System.out.println(subject + ": the heap was full in " + full.failures + " calls");
        }
    }

    private static OffHeapAllocator create(String subject, MmapChunkSource source) {
        return switch (subject) {
            case "confined slab" -> Allocators.create(new AllocatorSpec("slab", Map.of("lock", "false")), source);
            case "segregated" -> new SegregatedFitAllocator(source, 1 << 20, REGION_BYTES, 1 << 20, 8);
            case "segregated, nothing held" -> new SegregatedFitAllocator(source, 1 << 20, REGION_BYTES, 0, 8);
            case "buddy, nothing held" ->
                Allocators.create(new AllocatorSpec("buddy", Map.of("lock", "false", "quickBytes", "0")), source);
            case "segregated, striped" -> Allocators.create(AllocatorSpec.of("segregated"), source);
            case "buddy, striped" -> Allocators.create(AllocatorSpec.of("buddy"), source);
            case "composite" ->
                Allocators.create(
                        new AllocatorSpec("composite", Map.of("parts", "slab,segregated", "limits", "1024")), source);
            case "bump", "buddy" -> Allocators.create(new AllocatorSpec(subject, Map.of("lock", "false")), source);
            case "caching" ->
                new CachingAllocator(new SegregatedFitAllocator(source, 1 << 20, REGION_BYTES, 0, 8), 1 << 20);
            case "checking" -> new CheckingAllocator(Allocators.create(AllocatorSpec.of("slab"), source));
            default -> Allocators.create(AllocatorSpec.of(subject), source);
        };
    }

    /** The later the round, the more there is of everything when the heap gets full; in round 0, where classes are loaded, it does not. */
    private void play(String subject, int round) {
        try (MmapChunkSource source = new MmapChunkSource(REGION_BYTES);
                OffHeapAllocator allocator = create(subject, source)) {
            use(allocator, round == 0 ? 1000 : 25 << (2 * round));
            if (round != 0) {
                fillHeap();
            }
            use(allocator, OPERATIONS_WHILE_FULL);
            filler = null;
            expectSound(subject, round, allocator);
            use(allocator, 2000);
            for (int i = 0; i < LIVE; i++) {
                if (blocks[i] != 0 && allocator.free(blocks[i]) != FreeOutcome.FREED) {
                    throw new IllegalStateException(subject + ", round " + round + ": a live block is refused");
                }
                blocks[i] = 0;
            }
            allocator.purge();
            expectSound(subject, round, allocator);
        }
    }

    private static void expectSound(String subject, int round, OffHeapAllocator allocator) {
        try {
            allocator.validate();
        } catch (IllegalStateException e) {
            throw new IllegalStateException(subject + ", round " + round, e);
        }
    }

    /** Takes all there is, down to the smallest object. */
    private void fillHeap() {
        for (int step = 0; step < 2 * FILLER_LENGTHS.length; step++) {
            int length = FILLER_LENGTHS[step % FILLER_LENGTHS.length];
            try {
                while (true) {
                    @Nullable Object[] more = new Object[length];
                    more[0] = filler;
                    filler = more;
                }
            } catch (OutOfMemoryError e) {
                // On with smaller ones.
            }
        }
    }

    /** Frees and resizes blocks, allocates others, small ones more often, and purges; needs nothing of the heap itself. */
    private void use(OffHeapAllocator allocator, int operations) {
        for (int i = 0; i < operations; i++) {
            int at = (int) (next() & (LIVE - 1));
            try {
                if ((next() & 15) == 0) {
                    allocator.purge();
                }
                if (blocks[at] == 0) {
                    blocks[at] = allocator.allocate(nextByteSize(), 16);
                } else if ((next() & 3) == 0) {
                    long moved = allocator.reallocate(blocks[at], nextByteSize());
                    blocks[at] = moved == 0 ? blocks[at] : moved;
                } else if (allocator.free(blocks[at]) == FreeOutcome.FREED) {
                    blocks[at] = 0;
                }
            } catch (OutOfMemoryError e) {
                failures++;
            }
        }
    }

    private long nextByteSize() {
        return 16 + (next() & ((16L << (next() & 15)) - 1));
    }

    private long next() {
        random ^= random << 13;
        random ^= random >>> 7;
        random ^= random << 17;
        return random >>> 20;
    }
}
