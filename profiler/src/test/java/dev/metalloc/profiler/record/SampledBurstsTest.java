// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** Bursts where few blocks are followed: of a stretch all are, and count for nothing else. */
@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class SampledBurstsTest {
    private static final int ENTRY = UNSAFE.ordinal();
    private static final int[] CYCLE = {24, 3000, 48, 100, 72, 48, 900};
    private static final int LIVE = 5;
    private static final int BLOCKS = 500_000;

    private final Recorder recorder = new Recorder(RecorderOptions.sampled(), new NoStacks());

    private EntryPointProfile profile() {
        return RecorderTest.profileOf(recorder).entryPoint(UNSAFE).orElseThrow();
    }

    /** Blocks of a cycle of sizes, the oldest freed where more than a few are live. */
    private static void play(ThreadRecorder thread) {
        ArrayDeque<Long> live = new ArrayDeque<>();
        for (int i = 0; i < BLOCKS; i++) {
            long address = (i + 1) * 16L;
            thread.allocated(ENTRY, address, CYCLE[i % CYCLE.length]);
            live.add(address);
            if (live.size() > LIVE) {
                thread.freed(ENTRY, live.remove());
            }
        }
    }

    private static int at(AllocationBurst burst) {
        long bytes = 0;
        for (int i = 0; ; i++) {
            if (bytes == burst.startBytes()) {
                return i;
            }
            bytes += CYCLE[i % CYCLE.length];
        }
    }

    @Test
    void shouldKeepEveryBlockOfAStretchWithItsEnd() {
        play(recorder.threadRecorder(Thread.currentThread()));
        List<AllocationBurst> bursts = profile().bursts();
        assertTrue(
                bursts.size() >= Bursts.MOST_SAMPLED / 2 && bursts.size() <= Bursts.MOST_SAMPLED,
                bursts.size() + " stretches");
        for (AllocationBurst burst : bursts) {
            int first = at(burst);
            for (int i = 0; i < burst.blocks().size(); i++) {
                AllocationBurst.Block block = burst.blocks().get(i);
                assertEquals(CYCLE[(first + i) % CYCLE.length], block.byteSize());
                long lifetime = 0;
                for (int next = 1; next <= LIVE; next++) {
                    lifetime += CYCLE[(first + i + next) % CYCLE.length];
                }
                // The last ones live when it ends; a stretch may reach so far.
                boolean isLeft = first + i >= BLOCKS - LIVE;
                assertEquals(isLeft ? -1 : lifetime, block.lifetimeBytes(), "block " + i + " of " + burst);
            }
        }
    }

    /** What was allocated, freed and followed is what it is without a stretch. */
    @Test
    void shouldLeaveTheSumsAlone() {
        play(recorder.threadRecorder(Thread.currentThread()));
        EntryPointProfile profile = profile();
        long bytes = 0;
        for (int i = 0; i < BLOCKS; i++) {
            bytes += CYCLE[i % CYCLE.length];
        }
        assertEquals(BLOCKS, profile.allocateCount());
        assertEquals(BLOCKS - LIVE, profile.freeCount());
        assertEquals(bytes, profile.allocateBytes());
        assertEquals(0, profile.unknownFreeCount());
        long followed = profile.bands().stream()
                .mapToLong(band -> band.lifetimeBytes().getTotalCount())
                .sum();
        assertEquals(BLOCKS, (double) followed, 0.1 * BLOCKS, "their weights stand for all blocks");
    }

    /** However many stretches have begun, and once the thread has ended: frees of other blocks would have to look for them. */
    @Test
    void shouldKeepFewBlocksThatLive() throws InterruptedException {
        Recorder rarely = new Recorder(RecorderOptions.sampled(1L << 40, 1L << 40), new NoStacks());
        CountDownLatch end = new CountDownLatch(1);
        Thread thread = new Thread(() -> ArenaRecordTest.await(end));
        thread.start();
        ThreadRecorder own = rarely.threadRecorder(thread);
        int blocks = 1_000_000;
        for (int i = 1; i <= blocks; i++) {
            // Of a new size now and then: one that needs more than counting, and so may begin a stretch.
            own.allocated(ENTRY, i * 16L, i % 100 == 0 ? 2000 + i : 64);
        }
        long most = RecorderOptions.DEFAULT_CERTAIN_BLOCKS * 16 + (long) Bursts.MOST_SAMPLED * Bursts.LENGTH;
        long kept = inTable(rarely, blocks);
        assertTrue(kept > 8 * Bursts.LENGTH && kept <= most, kept + " blocks");
        end.countDown();
        thread.join();
        rarely.snapshot();
        assertTrue(inTable(rarely, blocks) <= RecorderOptions.DEFAULT_CERTAIN_BLOCKS * 16);
    }

    private static long inTable(Recorder recorder, int blocks) {
        long[] values = new long[LiveBlockTable.VALUES];
        long found = 0;
        for (int i = 1; i <= blocks; i++) {
            if (recorder.blocks.remove(i * 16L, values)) {
                found++;
                recorder.blocks.insert(
                        i * 16L,
                        values[LiveBlockTable.SIZE],
                        values[LiveBlockTable.BIRTH_BYTES],
                        values[LiveBlockTable.BIRTH_NANOS],
                        values[LiveBlockTable.META],
                        values[LiveBlockTable.ORDER_MARK]);
            }
        }
        return found;
    }

    /** A stretch goes on, and blocks are merely counted again, where no block can be followed. */
    @Test
    void shouldEndAStretchWithoutATable() {
        RecorderOptions defaults = RecorderOptions.sampled();
        Recorder full = new Recorder(
                new RecorderOptions(
                        defaults.lifetimeIntervalBytes(),
                        defaults.stackIntervalBytes(),
                        defaults.certainBlocks(),
                        defaults.certainStacks(),
                        0,
                        defaults.maxSites(),
                        defaults.liveFlushBytes()),
                new NoStacks());
        ThreadRecorder thread = full.threadRecorder(Thread.currentThread());
        play(thread);
        assertTrue(thread.entry(ENTRY).quick.countedBlocks() > BLOCKS / 2, "blocks merely counted");
    }

    @Test
    void shouldSayWhichBlockGrewIntoWhich() {
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= BLOCKS; i++) {
            long old = i * 32L;
            thread.allocated(ENTRY, old, 64);
            long token = thread.beginReallocate(ENTRY, old);
            thread.endReallocate(ENTRY, token, old, old + 16, 128);
            thread.freed(ENTRY, old + 16);
        }
        for (AllocationBurst burst : profile().bursts()) {
            for (AllocationBurst.Block block : burst.blocks()) {
                assertEquals(block.byteSize() == 64, block.grows());
                assertEquals(block.byteSize() == 128, block.isGrown());
            }
        }
        assertEquals(BLOCKS * 2L, profile().freeCount());
    }

    /** However many threads there are, and those that begin later get what ended ones had. */
    @Test
    void shouldTakeNoMoreRoomThanThereIs() throws InterruptedException {
        for (int round = 0; round < 2; round++) {
            CountDownLatch end = new CountDownLatch(1);
            List<Thread> threads = new ArrayList<>();
            int rows = 0;
            for (int t = 0; t < 100; t++) {
                Thread thread = new Thread(() -> ArenaRecordTest.await(end));
                thread.start();
                threads.add(thread);
                ThreadRecorder own = recorder.threadRecorder(thread);
                for (int i = 1; i <= 20_000; i++) {
                    own.allocated(ENTRY, i * 16L, 64);
                    own.freed(ENTRY, i * 16L);
                }
                CollectedBursts kept = new CollectedBursts();
                Objects.requireNonNull(own.entry(ENTRY).bursts).addTo(kept);
                rows += kept.copies().length;
            }
            assertTrue(rows > BurstRoom.MOST_ROWS / 2 && rows <= BurstRoom.MOST_ROWS, rows + " stretches");
            end.countDown();
            for (Thread thread : threads) {
                thread.join();
            }
            recorder.snapshot(); // notices that they have ended
        }
    }
}
