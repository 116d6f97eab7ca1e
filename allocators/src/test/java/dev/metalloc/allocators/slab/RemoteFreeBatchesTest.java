// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One thread frees what another, this one, allocates. */
class RemoteFreeBatchesTest {

    private static final int BATCH = RemoteFreeBatch.MOST_BLOCKS;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final SlabAllocator slab = new SlabAllocator(source, SizeClasses.geometric(), 65536, 1L << 30);

    @AfterEach
    void shouldHoldItsEquations() {
        slab.validate();
        slab.close();
        source.close();
    }

    private long[] blocks(int count, long byteSize) {
        long[] blocks = new long[count];
        for (int i = 0; i < count; i++) {
            blocks[i] = slab.allocate(byteSize, 16);
        }
        return blocks;
    }

    private void freeInThread(long... blocks) throws InterruptedException {
        Thread thread = Thread.ofPlatform().start(() -> {
            for (long block : blocks) {
                assertEquals(FreeOutcome.FREED, slab.free(block));
            }
        });
        thread.join();
    }

    private Set<Long> again(int count, long byteSize) {
        Set<Long> again = new HashSet<>();
        for (long block : blocks(count, byteSize)) {
            assertTrue(again.add(block), "handed out twice");
        }
        return again;
    }

    @Test
    void shouldHandOverTheFirstAtOnceAndAFullBatch() throws InterruptedException {
        long[] blocks = blocks(2 * BATCH, 64);
        freeInThread(blocks);
        // The first and one batch; the others wait for the dead thread's heap to be looked at.
        Set<Long> again = again(BATCH + 1, 64);
        for (int i = 0; i <= BATCH; i++) {
            assertTrue(again.contains(blocks[i]), "block " + i);
        }
        assertEquals(BATCH + 1, slab.remoteFreeCount());
        assertEquals(BATCH + 1, slab.stats().liveCount());
    }

    @Test
    void shouldKeepFewerOfLargeBlocksBack() throws InterruptedException {
        long[] blocks = blocks(5, 32768);
        freeInThread(blocks);
        assertEquals(0, slab.stats().liveCount());
        again(1, 32768);
        assertEquals(5, slab.remoteFreeCount());
    }

    @Test
    void shouldRefuseASecondFreeInABatchWhenItIsCollected() throws InterruptedException {
        long[] blocks = blocks(3 * BATCH, 64);
        long[] freed = new long[BATCH + 2];
        System.arraycopy(blocks, 0, freed, 0, BATCH);
        // Once more what was first, which was handed over alone, and one of the batch.
        freed[BATCH] = blocks[0];
        freed[BATCH + 1] = blocks[BATCH - 1];
        freeInThread(freed);
        assertEquals(2 * BATCH, slab.stats().liveCount());
        Set<Long> again = again(2 * BATCH, 64);
        for (int i = BATCH; i < blocks.length; i++) {
            assertFalse(again.contains(blocks[i]), "a live block handed out");
        }
        assertEquals(2, slab.stats().refusedFreeCount());
        assertEquals(4 * BATCH, slab.stats().liveCount());
    }

    @Test
    void shouldSeeABatchBeforeTheOwnersOwnFree() throws InterruptedException {
        long[] blocks = blocks(BATCH + 1, 64);
        freeInThread(blocks);
        assertEquals(FreeOutcome.ALREADY_FREE, slab.free(blocks[BATCH]));
        assertEquals(FreeOutcome.ALREADY_FREE, slab.free(blocks[0]));
        assertEquals(0, slab.stats().liveCount());
        assertEquals(2, slab.stats().refusedFreeCount());
    }

    @Test
    void shouldKeepABatchForEachOfSeveralOwners() throws InterruptedException {
        long[][] blocks = new long[7][];
        for (int i = 0; i < blocks.length; i++) {
            int owner = i;
            Thread thread = Thread.ofPlatform().start(() -> blocks[owner] = blocks(BATCH, 64));
            thread.join();
        }
        for (int i = 0; i < BATCH; i++) {
            for (long[] ofOne : blocks) {
                assertEquals(FreeOutcome.FREED, slab.free(ofOne[i]));
            }
        }
        assertEquals(0, slab.stats().liveCount());
        slab.purge();
        assertEquals(0, source.committedBytes());
    }

    @Test
    void shouldRefuseWhatIsNoBlockAtOnce() throws InterruptedException {
        long[] blocks = blocks(4, 64);
        Thread thread = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 3; i++) {
                assertEquals(FreeOutcome.FREED, slab.free(blocks[i]));
                assertEquals(FreeOutcome.NOT_A_BLOCK, slab.free(blocks[3] + 16));
                assertEquals(FreeOutcome.NOT_A_BLOCK, slab.free(blocks[3] + 1));
            }
        });
        thread.join();
        assertEquals(6, slab.stats().refusedFreeCount());
        assertEquals(1, slab.stats().liveCount());
    }

    @Test
    @Timeout(60)
    void shouldRefuseASecondFreeWhoseSlabHasOtherBlocksByNow() throws InterruptedException {
        int blockCount = 65536 / 64;
        long[] blocks = blocks(blockCount, 64);
        CountDownLatch freed = new CountDownLatch(1);
        CountDownLatch reshaped = new CountDownLatch(1);
        Thread thread = Thread.ofPlatform().start(() -> {
            for (long block : blocks) {
                assertEquals(FreeOutcome.FREED, slab.free(block));
            }
            slab.purge(); // hands over what was kept back
            // The first is announced, the others are kept back: from the end, beyond the last block the slab has later.
            assertEquals(FreeOutcome.ALREADY_FREE, slab.free(blocks[0]));
            for (int i = 1; i < 4; i++) {
                assertEquals(FreeOutcome.FREED, slab.free(blocks[blockCount - i]));
            }
            freed.countDown();
            awaitUninterruptibly(reshaped);
            slab.purge();
        });
        freed.await();
        slab.purge();
        long large = slab.allocate(28672, 16);
        assertEquals(blocks[0], large, "the slab was taken for another class");
        reshaped.countDown();
        thread.join();
        assertEquals(1, slab.stats().liveCount());
        assertEquals(FreeOutcome.FREED, slab.free(large));
    }

    private static void awaitUninterruptibly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
