// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What one live thread's heap can spare serves another before more memory is taken. */
class SlabSpareTest {

    private static final int BLOCK_BYTES = 1024;
    private static final int COUNT = 8000;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final SlabAllocator slab = new SlabAllocator(source, SizeClasses.parse("64,1024"), 65536, 1L << 28);
    private final List<Thread> threads = new ArrayList<>();
    private final ExecutorService first = Executors.newSingleThreadExecutor(this::thread);
    private final ExecutorService second = Executors.newSingleThreadExecutor(this::thread);

    private Thread thread(Runnable work) {
        Thread thread = new Thread(work);
        threads.add(thread);
        return thread;
    }

    @AfterEach
    void shouldLeaveNothing() throws Exception {
        slab.validate();
        first.shutdown();
        second.shutdown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(0, slab.stats().liveCount());
        assertEquals(0, slab.stats().refusedFreeCount());
        slab.purge();
        slab.validate();
        assertEquals(0, source.committedBytes());
        slab.close();
        source.close();
    }

    private static <T> T in(ExecutorService thread, Callable<T> work) throws Exception {
        return thread.submit(work).get();
    }

    private List<Long> allocate(ExecutorService thread, int count) throws Exception {
        return in(thread, () -> {
            List<Long> blocks = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                long address = slab.allocate(BLOCK_BYTES, 16);
                assertNotEquals(0, address);
                OffHeapMemory.zeroGranules(address, BLOCK_BYTES);
                blocks.add(address);
            }
            return blocks;
        });
    }

    private void free(ExecutorService thread, List<Long> blocks) throws Exception {
        in(thread, () -> {
            for (long address : blocks) {
                assertEquals(FreeOutcome.FREED, slab.free(address));
            }
            return 0;
        });
    }

    /** Every other block, so that no slab comes free. */
    private static List<Long> halfOf(List<Long> blocks) {
        List<Long> half = new ArrayList<>();
        for (int i = 0; i < blocks.size(); i += 2) {
            half.add(blocks.get(i));
        }
        return half;
    }

    private List<Long> fillWhatIsFree() throws Exception {
        long committed = source.committedBytes();
        List<Long> more = allocate(second, COUNT / 2 - 500);
        long grown = source.committedBytes() - committed;
        assertTrue(grown <= 1 << 19, "grew by " + grown);
        return more;
    }

    /** Freed by the owner, or by another whose frees the owner, which is idle, does not collect. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldTakeWhatALiveThreadHasFree(boolean byOwner) throws Exception {
        List<Long> blocks = allocate(first, COUNT);
        List<Long> half = halfOf(blocks);
        free(byOwner ? first : second, half);
        List<Long> more = fillWhatIsFree();
        blocks.removeAll(half);
        // Some of their slabs are another's by now, whoever frees.
        free(byOwner ? first : second, blocks);
        free(byOwner ? second : first, more);
    }

    /** Each thread wants what the other has free while that one is busy with its own: taken from the system it would stay, twice what is live. */
    @Test
    void shouldHoldLittleMoreThanIsLiveWhereThreadsFreeEachOthersBlocks() throws Exception {
        AtomicLongArray live = new AtomicLongArray(41_000);
        String classes = IntStream.rangeClosed(2, 25)
                .mapToObj(each -> Integer.toString(each * 80 + 48))
                .collect(Collectors.joining(","));
        try (MmapChunkSource memory = new MmapChunkSource(1L << 30);
                SlabAllocator blocks = new SlabAllocator(memory, SizeClasses.parse(classes), 65536, 1L << 28)) {
            Callable<Integer> replacing = () -> {
                Random random = new Random(live.get(0));
                for (int i = 0; i < 4_000_000; i++) {
                    long address = blocks.allocate(100 + random.nextInt(1949), 16);
                    long before = live.getAndSet(random.nextInt(live.length()), address);
                    assertTrue(before == 0 || blocks.free(before) == FreeOutcome.FREED);
                }
                return 0;
            };
            Future<Integer> one = first.submit(replacing);
            Future<Integer> other = second.submit(replacing);
            one.get();
            other.get();
            AllocatorStats stats = blocks.stats();
            assertTrue(stats.committedBytes() < 1.35 * stats.usedBytes(), stats::toString);
            blocks.validate();
        }
    }

    /** Slabs go to and fro with blocks that are live and that are in stacks; what a block holds stays. */
    @Test
    void shouldKeepBlocksApartWhileSlabsChangeHands() throws Exception {
        Random random = new Random(1);
        List<Long> live = new ArrayList<>();
        List<ExecutorService> both = List.of(first, second);
        for (int round = 0; round < 200; round++) {
            List<Long> more = allocate(both.get(random.nextInt(2)), 1 + random.nextInt(600));
            for (long address : more) {
                OffHeapMemory.writeLong(address, address);
            }
            live.addAll(more);
            List<Long> freed = new ArrayList<>();
            for (int i = random.nextInt(live.size() + 1); i > 0 && !live.isEmpty(); i--) {
                int at = random.nextInt(live.size());
                freed.add(live.get(at));
                live.set(at, live.getLast());
                live.removeLast();
            }
            for (long address : freed) {
                assertEquals(address, OffHeapMemory.readLong(address));
            }
            free(both.get(random.nextInt(2)), freed);
            slab.validate();
            assertEquals(live.size(), slab.stats().liveCount());
        }
        free(first, live);
    }
}
