// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the growing stacks keep, and what comes back to other classes. */
class SlabReclaimTest {

    private static final int PHASE_BYTES = 4 << 20;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);

    @AfterEach
    void close() {
        source.close();
    }

    private SlabMemory slab(boolean isConfined) {
        SizeClasses classes = SizeClasses.parse("64,256,1024");
        return isConfined
                ? new ConfinedSlabAllocator(source, classes, 65536, 1L << 28)
                : new SlabAllocator(source, classes, 65536, 1L << 28);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldServeAnotherClassFromWhatOneHasFreed(boolean isConfined) {
        try (SlabMemory slab = slab(isConfined)) {
            for (int byteSize : new int[] {64, 256, 1024, 64}) {
                long[] blocks = allocate(slab, byteSize, PHASE_BYTES / byteSize);
                slab.validate();
                free(slab, blocks);
            }
            long peakBytes = slab.stats().peakCommittedBytes();
            assertTrue(peakBytes < PHASE_BYTES + (PHASE_BYTES >> 2), "peak " + peakBytes);
            slab.validate();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandOutTheBlocksOfABurstInReverse(boolean isConfined) {
        try (SlabMemory slab = slab(isConfined)) {
            long[] blocks = allocate(slab, 64, 200);
            free(slab, blocks);
            slab.validate();
            for (int i = blocks.length - 1; i >= 0; i--) {
                assertEquals(blocks[i], slab.allocate(64, 16), "block " + i);
            }
        }
    }

    /** So that a program's blocks stay side by side however it frees them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldHandOutManyBlocksFreedInAnyOrderInTheOrderOfAddresses(boolean isConfined) {
        try (SlabMemory slab = slab(isConfined)) {
            long[] blocks = allocate(slab, 64, 20_000);
            shuffle(blocks);
            // One in eight stays, so that no slab is empty and begins anew.
            free(slab, Arrays.copyOf(blocks, 17_500));
            long[] again = allocate(slab, 64, 17_500);
            int ascending = 0;
            for (int i = 1; i < again.length; i++) {
                ascending += again[i] > again[i - 1] && again[i] - again[i - 1] < 4096 ? 1 : 0;
            }
            assertTrue(ascending > again.length * 9 / 10, ascending + " of " + again.length);
            slab.validate();
        }
    }

    private static void shuffle(long[] blocks) {
        Random random = new Random(1);
        for (int i = blocks.length - 1; i > 0; i--) {
            int other = random.nextInt(i + 1);
            long block = blocks[i];
            blocks[i] = blocks[other];
            blocks[other] = block;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldGiveAllBackWhenPurged(boolean isConfined) {
        try (SlabMemory slab = slab(isConfined)) {
            free(slab, allocate(slab, 64, 50_000));
            slab.purge();
            assertEquals(0, slab.stats().committedBytes());
            slab.validate();
        }
    }

    private static long[] allocate(SlabMemory slab, int byteSize, int count) {
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = slab.allocate(byteSize, 16);
            assertFalse(blocks[i] == 0, "block " + i);
        }
        return blocks;
    }

    private static void free(SlabMemory slab, long[] blocks) {
        for (long block : blocks) {
            assertEquals(FreeOutcome.FREED, slab.free(block));
        }
    }
}
