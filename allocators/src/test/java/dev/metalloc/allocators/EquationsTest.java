// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.concurrent.CachingAllocator;
import dev.metalloc.allocators.debug.CheckingAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Breaks the records of an allocator one by one and expects {@code validate()} to name the equation. */
class EquationsTest {

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);

    @AfterEach
    void close() {
        source.close();
    }

    /** In use: live blocks of several sizes, and free ones between them, some of them large. */
    private OffHeapAllocator used(String name) {
        OffHeapAllocator allocator = Allocators.create(new AllocatorSpec(name, Map.of("lock", "false")), source);
        use(allocator);
        return allocator;
    }

    private static void use(OffHeapAllocator allocator) {
        long[] blocks = new long[12];
        for (int i = 0; i < blocks.length; i++) {
            blocks[i] = allocator.allocate(i % 3 == 2 ? 100_000 : 100, 16);
            assertNotEquals(OffHeapAllocator.NULL, blocks[i]);
        }
        for (int i = 1; i < blocks.length - 1; i += 2) {
            allocator.free(blocks[i]);
        }
        allocator.validate();
    }

    private static void expect(OffHeapAllocator allocator, String equation, Consumer<OffHeapAllocator> corruption) {
        corruption.accept(allocator);
        IllegalStateException e = assertThrows(IllegalStateException.class, allocator::validate, equation);
        assertTrue(String.valueOf(e.getMessage()).contains(equation), e.getMessage());
    }

    @ParameterizedTest
    @CsvSource({
        "usedBytes, 16, live bytes == used bytes",
        "freeCount, 1, live blocks == allocated - freed",
        "allocateCount, 1, live blocks == allocated - freed",
        "madeChunks, 1, chunks are made in order",
        "emptyCount, 1, empty chunks == those on the stack",
        "chunks[0].liveCount, 1, live blocks and bytes == counted",
        "chunks[0].liveBytes, 16, live blocks and bytes == counted",
        "chunks[0].starts[0], -1, every live block starts",
        "chunks[0].top, -200000, no start above the top",
        "region.committedSpans, 1, committed spans",
    })
    void bump(String record, long delta, String equation) {
        expect(used("bump"), equation, allocator -> Corruption.add(allocator, record, delta));
    }

    @Test
    void bumpWithADeadPieceAtTheTop() {
        OffHeapAllocator bump = Allocators.create(new AllocatorSpec("bump", Map.of("lock", "false")), source);
        bump.allocate(16, 16);
        bump.allocate(16, 16);
        expect(bump, "the last piece is live", allocator -> {
            Corruption.set(allocator, "chunks[0].live[0]", 1);
            Corruption.set(allocator, "chunks[0].liveCount", 1);
            Corruption.set(allocator, "chunks[0].liveBytes", 16);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "tiling.takenUnits, 1, units of live blocks == taken - held units",
        "tiling.takenBlocks, 1, live blocks == taken - held blocks",
        "allocateCount, -12, live blocks <= allocated",
        "quick.words[0], 100, bottom <= top <= bottom + capacity",
        "quick.words[0], -100, bottom <= top <= bottom + capacity",
        "tiling.free.counts[3], 1, free bits == counted",
        "tiling.free.filled, 1, order bit == order has a free block",
        "region.committedSpans, 1, committed spans",
    })
    void buddy(String record, long delta, String equation) {
        expect(used("buddy"), equation, allocator -> Corruption.add(allocator, record, delta));
    }

    @ParameterizedTest
    @CsvSource({"buddy, quick.words[0]", "segregated, held.quick.words[5]"})
    void withABlockHeldThatIsNowhere(String name, String top) {
        expect(
                used(name),
                "blocks neither live nor free == held in quick lists",
                allocator -> Corruption.add(allocator, top, 1));
    }

    @Test
    void buddyWithAFreeBlockBelowTheLowest() {
        expect(used("buddy"), "no free block below the lowest", allocator -> {
            int filled = ((Number) Corruption.read(allocator, "tiling.free.filled")).intValue();
            int order = Integer.numberOfTrailingZeros(filled);
            Corruption.set(allocator, "tiling.free.lowest[" + order + "]", Integer.MAX_VALUE);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "tiling.takenGranules, 1, granules of live blocks == taken - held granules",
        "tiling.takenBlocks, 1, live blocks == taken - held blocks",
        "allocateCount, -12, live blocks <= allocated",
        "held.quick.words[5], 100, bottom <= top <= bottom + capacity",
        "held.quick.words[5], -100, bottom <= top <= bottom + capacity",
        "tiling.free.filledWords, 1, word bit == word not 0",
        "tiling.free.filledBins[1], 1, bin bit == stack not empty",
        "region.committedSpans, 1, committed spans",
    })
    void segregated(String record, long delta, String equation) {
        expect(used("segregated"), equation, allocator -> Corruption.add(allocator, record, delta));
    }

    @Test
    void segregatedWithAForgottenFreeBlock() {
        expect(used("segregated"), "each free block has an entry", allocator -> {
            int[] counts = (int[]) Corruption.read(allocator, "tiling.free.counts");
            int[][] stacks = (int[][]) Corruption.read(allocator, "tiling.free.stacks");
            for (int bin = 0; bin < counts.length; bin++) {
                for (int at = 0; at < counts[bin]; at++) {
                    stacks[bin][at] = 0;
                }
            }
        });
    }

    @Test
    void segregatedWithAFreeBlockBelowTheTop() {
        OffHeapAllocator segregated =
                Allocators.create(new AllocatorSpec("segregated", Map.of("lock", "false")), source);
        long first = segregated.allocate(100_000, 16);
        long second = segregated.allocate(100_000, 16);
        segregated.free(first);
        expect(segregated, "no free block below the top", allocator -> {
            long base = ((Number) Corruption.read(allocator, "base")).longValue();
            Corruption.set(allocator, "tiling.top", (second - base) >>> 4);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "quarantinedBytes, 1, bytes of quarantined blocks == counted",
        "ringTail, 1, quarantined blocks == blocks in the ring",
    })
    void checking(String record, long delta, String equation) {
        OffHeapAllocator checking =
                new CheckingAllocator(Allocators.create(new AllocatorSpec("buddy", Map.of()), source));
        use(checking);
        expect(checking, equation, allocator -> Corruption.add(allocator, record, delta));
    }

    private CachingAllocator caching(OffHeapAllocator behind) {
        CachingAllocator caching = new CachingAllocator(behind, 1 << 20);
        use(caching);
        return caching;
    }

    @ParameterizedTest
    @CsvSource({
        "threads.all[0].heldBytes, 16, bytes in magazines == bytes counted",
        "threads.all[0].allocateCount, 1, live behind == live blocks + blocks in magazines",
        "threads.all[0].freeCount, 1, live behind == live blocks + blocks in magazines",
        "movedCount, 1, live behind == live blocks + blocks in magazines",
        "returnedCount, 1, live behind == live blocks + blocks in magazines",
    })
    void caching(String record, long delta, String equation) {
        expect(caching(behind()), equation, allocator -> Corruption.add(allocator, record, delta));
    }

    private OffHeapAllocator behind() {
        return Allocators.create(new AllocatorSpec("segregated", Map.of("lock", "false")), source);
    }

    @Test
    void cachingWithALiveBlockInAMagazine() {
        CachingAllocator caching = caching(behind());
        long live = caching.allocate(100, 16);
        expect(caching, "blocks in magazines are marked so", allocator -> magazine(allocator)[0] = live);
    }

    @Test
    void cachingWithABlockThatIsNotLiveBehind() {
        OffHeapAllocator behind = behind();
        expect(
                caching(behind),
                "blocks in magazines are live behind",
                allocator -> behind.free(magazine(allocator)[0]));
    }

    /** The only stack of the caller's magazines that holds blocks. */
    private static long[] magazine(OffHeapAllocator caching) {
        int[] counts = (int[]) Corruption.read(caching, "threads.all[0].counts");
        int filled = 0;
        while (counts[filled] == 0) {
            filled++;
        }
        return (long[]) Corruption.read(caching, "threads.all[0].stacks[" + filled + "]");
    }
}
