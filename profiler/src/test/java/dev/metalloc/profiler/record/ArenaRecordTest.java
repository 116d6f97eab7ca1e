// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.ARENA_CONFINED;
import static dev.metalloc.profiler.api.EntryPoint.ARENA_GLOBAL;
import static dev.metalloc.profiler.api.EntryPoint.ARENA_SHARED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.ArenaShapes;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class ArenaRecordTest {
    private final Recorder recorder = new Recorder(RecorderOptions.full(), new NoStacks());
    private final ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());

    @Test
    void closeFreesAllBlocksInBulk() {
        ArenaRecord arena = thread.openArena(ARENA_CONFINED.ordinal());
        for (int i = 0; i < 100; i++) {
            arena.allocated(thread, 64, 8, ThreadRecorder.ZEROED);
        }
        assertEquals(100, band(ARENA_CONFINED, 6).liveCount());
        arena.closed(thread);
        arena.closed(thread);
        BandProfile band = band(ARENA_CONFINED, 6);
        assertEquals(100, band.freeCount());
        assertEquals(6400, band.freedBytes());
        assertEquals(100, band.bulkFreeCount());
        assertEquals(100, band.lifetimeBytes().getTotalCount());
        assertEquals(99 * 64 / 2.0, band.lifetimeBytes().getMean(), 400);
        ArenaShapes shapes = entryPoint(ARENA_CONFINED).arenas();
        assertEquals(1, shapes.openCount());
        assertEquals(1, shapes.closeCount());
        assertEquals(1, shapes.allocationsPerArena().getTotalCount());
        assertEquals(100.0, shapes.allocationsPerArena().getMean(), 7);
        assertEquals(6400, shapes.bytesPerArena().getMean(), 500);
    }

    @Test
    void arenasAreOfTheRecordingTheyWereOpenedIn() {
        ThreadRecorder next =
                new Recorder(RecorderOptions.full(), new NoStacks()).threadRecorder(Thread.currentThread());
        ArenaRecord shared = thread.openArena(ARENA_SHARED.ordinal());
        assertTrue(shared.isOf(thread));
        assertFalse(shared.isOf(next));
        assertTrue(thread.openArena(ARENA_GLOBAL.ordinal()).isOf(next), "it is there for all");
        assertFalse(ArenaRecord.NONE.isOf(next));
    }

    @Test
    void nestedArenasClosingInsideOutAreInOrder() {
        ArenaRecord outer = thread.openArena(ARENA_CONFINED.ordinal());
        ArenaRecord inner = thread.openArena(ARENA_CONFINED.ordinal());
        inner.closed(thread);
        outer.closed(thread);
        ArenaShapes shapes = entryPoint(ARENA_CONFINED).arenas();
        assertEquals(1, shapes.nestedOpenCount());
        assertEquals(2, shapes.maxOpenCount());
        assertEquals(0, shapes.outOfOrderCloseCount());
    }

    @Test
    void outerArenaClosingFirstIsOutOfOrder() {
        ArenaRecord outer = thread.openArena(ARENA_CONFINED.ordinal());
        ArenaRecord inner = thread.openArena(ARENA_CONFINED.ordinal());
        outer.closed(thread);
        inner.closed(thread);
        assertEquals(1, entryPoint(ARENA_CONFINED).arenas().outOfOrderCloseCount());
    }

    @Test
    void blocksBeyondTheKeptOnesStayExact() {
        ArenaRecord arena = thread.openArena(ARENA_CONFINED.ordinal());
        for (int i = 0; i < 10_000; i++) {
            arena.allocated(thread, 1 + i % 300, 1, 0);
        }
        arena.closed(thread);
        EntryPointProfile profile = entryPoint(ARENA_CONFINED);
        assertEquals(10_000, profile.freeCount());
        assertEquals(profile.allocateBytes(), profile.freedBytes());
        long lifetimes = profile.bands().stream()
                .mapToLong(band -> band.lifetimeBytes().getTotalCount())
                .sum();
        assertEquals(ArenaRecord.MAX_FOLLOWED, lifetimes);
        assertEquals(
                10_000 - ArenaRecord.MAX_FOLLOWED,
                RecorderTest.profileOf(recorder).cost().droppedBlockCount());
    }

    @Test
    void blocksComeBackToTheLimitThatArenasShare() {
        Recorder small = new Recorder(new RecorderOptions(0, 0, 0, 0, 100, 16, 4096), new NoStacks());
        ThreadRecorder current = small.threadRecorder(Thread.currentThread());
        for (int round = 0; round < 50; round++) {
            ArenaRecord arena = current.openArena(ARENA_CONFINED.ordinal());
            for (int i = 0; i < 64; i++) {
                arena.allocated(current, 64, 8, 0);
            }
            arena.closed(current);
        }
        assertEquals(0, RecorderTest.profileOf(small).cost().droppedBlockCount());
    }

    @Test
    void openArenasAreCountedAndBounded() {
        Recorder small = new Recorder(new RecorderOptions(0, 0, 0, 0, 100, 16, 4096), new NoStacks());
        ThreadRecorder current = small.threadRecorder(Thread.currentThread());
        openShared(current).closed(current);
        long before = RecorderTest.profileOf(small).cost().heldBytes();
        List<ArenaRecord> open = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            open.add(openShared(current));
        }
        assertEquals(7, RecorderTest.profileOf(small).cost().droppedBlockCount(), "three of 32 blocks have room");
        long held = RecorderTest.profileOf(small).cost().heldBytes() - before;
        assertEquals(10 * ArenaRecord.HELD_BYTES + 2 * 1024, held, "one was spare before");
        open.forEach(arena -> arena.closed(current));
        assertEquals(before, RecorderTest.profileOf(small).cost().heldBytes());
    }

    @Test
    void roomComesBackFromThreadsThatEndWithOpenArenas() throws InterruptedException {
        Recorder small = new Recorder(new RecorderOptions(0, 0, 0, 0, 100, 16, 4096), new NoStacks());
        for (int i = 0; i < 20; i++) {
            Thread other = Thread.ofPlatform().start(() -> {
                ThreadRecorder its = small.threadRecorder(Thread.currentThread());
                its.openConfinedArena().allocated(its, 64, 8, 0);
                openShared(its).closed(its);
            });
            other.join();
            small.snapshot();
        }
        assertEquals(0, RecorderTest.profileOf(small).cost().droppedBlockCount());
    }

    private static ArenaRecord openShared(ThreadRecorder opening) {
        ArenaRecord arena = opening.openArena(ARENA_SHARED.ordinal());
        arena.allocated(opening, 64, 8, 0);
        return arena;
    }

    @Test
    void sharedArenaTakesManyThreadsAtOnce() throws InterruptedException {
        ArenaRecord arena = thread.openArena(ARENA_SHARED.ordinal());
        CountDownLatch start = new CountDownLatch(1);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
                await(start);
                for (int i = 0; i < 20_000; i++) {
                    arena.allocated(current, 1 + i % 1000, 8, 0);
                }
            }));
        }
        start.countDown();
        for (Thread each : threads) {
            each.join();
        }
        arena.closed(thread);
        EntryPointProfile profile = entryPoint(ARENA_SHARED);
        assertEquals(80_000, profile.allocateCount());
        assertEquals(80_000, profile.freeCount());
        assertEquals(profile.allocateBytes(), profile.freedBytes());
        assertEquals(80_000, profile.arenas().allocationsPerArena().getMean(), 80_000 / 8.0);
    }

    @Test
    void arenaClosedElsewhereIsRemote() throws InterruptedException {
        ArenaRecord arena = thread.openArena(ARENA_SHARED.ordinal());
        arena.allocated(thread, 100, 8, 0);
        Thread closer = Thread.ofPlatform().start(() -> arena.closed(recorder.threadRecorder(Thread.currentThread())));
        closer.join();
        assertEquals(1, entryPoint(ARENA_SHARED).arenas().remoteCloseCount());
        assertEquals(1, band(ARENA_SHARED, 7).remoteFreeCount());
        thread.openArena(ARENA_SHARED.ordinal());
        assertEquals(1, entryPoint(ARENA_SHARED).arenas().maxOpenCount(), "the closed one is no longer open");
    }

    @Test
    void blockThatComesAfterTheCloseIsFreedAtOnce() {
        ArenaRecord arena = thread.openArena(ARENA_SHARED.ordinal());
        arena.closed(thread);
        arena.allocated(thread, 100, 8, 0);
        assertEquals(0, band(ARENA_SHARED, 7).liveCount());
    }

    @Test
    void globalArenaKeepsNothing() {
        ArenaRecord arena = thread.openArena(ARENA_GLOBAL.ordinal());
        long before = RecorderTest.profileOf(recorder).cost().heldBytes();
        for (int i = 0; i < 100_000; i++) {
            arena.allocated(thread, 100, 8, 0);
        }
        Profile after = RecorderTest.profileOf(recorder);
        assertEquals(100_000, after.entryPoint(ARENA_GLOBAL).orElseThrow().allocateCount());
        assertTrue(after.cost().heldBytes() - before < 10_000, "one band's row");
    }

    static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private EntryPointProfile entryPoint(EntryPoint entryPoint) {
        return RecorderTest.profileOf(recorder).entryPoint(entryPoint).orElseThrow();
    }

    private BandProfile band(EntryPoint entryPoint, int log2) {
        return RecorderTest.band(entryPoint(entryPoint), log2);
    }
}
