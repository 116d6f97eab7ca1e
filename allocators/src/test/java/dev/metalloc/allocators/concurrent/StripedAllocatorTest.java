// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.segregated.SegregatedFitAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StripedAllocatorTest {

    private static final int MOST_STRIPES = 3;
    private static final long REGION_BYTES = 1 << 20;
    private static final int LARGE_BYTES = 400_000;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);
    private final StripedAllocator striped = new StripedAllocator(this::make, MOST_STRIPES);
    private final AtomicInteger refusals = new AtomicInteger();
    private volatile boolean mayMake = true;

    private OffHeapAllocator make(int number) {
        if (number > 0 && !mayMake) {
            refusals.incrementAndGet();
            throw new OutOfMemoryError("Java heap space");
        }
        return new SegregatedFitAllocator(source, 1 << 19, REGION_BYTES, 0, 8);
    }

    @AfterEach
    void shouldHoldItsEquations() {
        striped.validate();
        striped.close();
        assertEquals(0, source.reservedBytes());
        source.close();
    }

    private static <T> T inThread(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread.ofPlatform().start(task);
        return task.get();
    }

    /** So that a wait from now on is close to the last one, however slowly the test runs. */
    private static long soon() {
        return System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    }

    /** Allocates in a thread that finds parts taken, and has waited for them so often before that it goes elsewhere. */
    private long allocateWhileTaken(int takenCount, int byteSize) throws Exception {
        Stripe[] taken = striped.stripes();
        Door[] doors = new Door[takenCount];
        for (int i = 0; i < takenCount; i++) {
            while (taken[i].waitsLeft() > 1) {
                assertFalse(taken[i].isCrowded(soon()));
            }
            doors[i] = taken[i].lock.lock();
        }
        try {
            return inThread(() -> striped.allocate(byteSize, 16));
        } finally {
            for (int i = 0; i < takenCount; i++) {
                doors[i].open();
            }
        }
    }

    @Test
    void shouldHaveOnePartWhereThreadsTakeTurns() throws Exception {
        for (int i = 0; i < 100; i++) {
            long address = inThread(() -> striped.allocate(100, 16));
            assertEquals(FreeOutcome.FREED, inThread(() -> striped.free(address)));
        }
        assertEquals(1, striped.stripes().length);
        assertEquals(ThreadModel.STRIPED, striped.traits().threadModel());
    }

    @Test
    void shouldSendThreadsThatMeetToPartsOfTheirOwn() throws Exception {
        long first = striped.allocate(100, 16);
        long second = allocateWhileTaken(1, 100);
        long third = allocateWhileTaken(2, 100);
        Stripe[] stripes = striped.stripes();
        assertEquals(MOST_STRIPES, stripes.length);
        assertTrue(stripes[0].allocator.owns(first));
        assertTrue(stripes[1].allocator.owns(second));
        assertTrue(stripes[2].allocator.owns(third));
        assertEquals(3, striped.stats().liveCount());
        for (long address : new long[] {third, first, second}) {
            assertEquals(112, striped.usableSize(address));
            assertEquals(FreeOutcome.FREED, striped.free(address));
            assertEquals(FreeOutcome.ALREADY_FREE, striped.free(address));
        }
        assertEquals(0, striped.stats().liveCount());
        assertEquals(3, striped.stats().refusedFreeCount());
        striped.purge();
        assertEquals(0, source.committedBytes());
    }

    @Test
    void shouldUseAPartThatNobodyIsInBeforeItMakesAnother() throws Exception {
        long second = allocateWhileTaken(1, 100);
        for (int i = 0; i < 10; i++) {
            assertEquals(FreeOutcome.FREED, striped.free(allocateWhileTaken(1, 100)));
        }
        assertEquals(2, striped.stripes().length);
        assertEquals(FreeOutcome.FREED, striped.free(second));
    }

    @Test
    void shouldGoElsewhereMoreSeldomEachTime() {
        Stripe stripe = striped.stripes()[0];
        long now = System.nanoTime();
        int waits = 0;
        for (int moves = 0; moves < 3; waits++) {
            moves += stripe.isCrowded(now) ? 1 : 0;
        }
        assertEquals(8 + 64 + 512, waits);
    }

    @Test
    void shouldNotCountWaitsThatLieFarApart() {
        Stripe stripe = new Stripe(make(0));
        long now = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            now += Stripe.CROWDED_NANOS + 1;
            assertFalse(stripe.isCrowded(now));
        }
        stripe.allocator.close();
    }

    /** Each look takes the lock from the thread that has it to itself, which then waits for it. */
    @Test
    void shouldNotSplitForWhoReadsStatisticsNowAndThen() throws Exception {
        AtomicBoolean isOver = new AtomicBoolean();
        FutureTask<Void> worker = new FutureTask<>(() -> {
            while (!isOver.get()) {
                striped.free(striped.allocate(100, 16));
            }
            return null;
        });
        Thread.ofPlatform().start(worker);
        for (int look = 0; look < 2 * Stripe.FIRST_WAITS; look++) {
            TimeUnit.NANOSECONDS.sleep(Stripe.CROWDED_NANOS * 6 / 5);
            assertTrue(striped.stats().allocateCount() > 0);
        }
        isOver.set(true);
        worker.get();
        assertEquals(1, striped.stripes().length);
    }

    @Test
    void shouldServeFromOtherPartsWhereOneIsFull() throws Exception {
        List<Long> blocks = new ArrayList<>();
        blocks.add(allocateWhileTaken(1, LARGE_BYTES));
        for (long address = striped.allocate(LARGE_BYTES, 16);
                address != OffHeapAllocator.NULL;
                address = striped.allocate(LARGE_BYTES, 16)) {
            blocks.add(address);
        }
        assertEquals(4, blocks.size(), "two parts of 1 MiB hold two each");
        assertEquals(OffHeapAllocator.NULL, striped.allocateZeroed(LARGE_BYTES, 16));
        for (long address : blocks) {
            assertEquals(FreeOutcome.FREED, striped.free(address));
        }
    }

    @Test
    void shouldMoveBlocksToOtherPartsWhereTheirsIsFull() throws Exception {
        long far = allocateWhileTaken(1, 100);
        long small = striped.allocate(100_000, 16);
        OffHeapMemory.writeLong(small, 42);
        List<Long> fillers = new ArrayList<>();
        Stripe first = striped.stripes()[0];
        for (long address = first.allocator.allocate(100_000, 16);
                address != OffHeapAllocator.NULL;
                address = first.allocator.allocate(100_000, 16)) {
            fillers.add(address);
        }
        long moved = striped.reallocate(small, LARGE_BYTES);
        assertNotEquals(OffHeapAllocator.NULL, moved);
        assertFalse(first.allocator.owns(moved));
        assertEquals(42, OffHeapMemory.readLong(moved));
        assertEquals(-1, striped.usableSize(small), "freed where it was");
        fillers.add(moved);
        fillers.add(far);
        for (long address : fillers) {
            assertEquals(FreeOutcome.FREED, striped.free(address));
        }
        assertEquals(0, striped.stats().liveCount());
    }

    /** Whoever frees while another thread is inside does not wait; the block is free once somebody else comes. */
    @Test
    void shouldLeaveBlocksToWhoeverIsInside() throws Exception {
        long small = striped.allocate(100, 16);
        long large = striped.allocate(LARGE_BYTES, 16);
        Stripe stripe = striped.stripes()[0];
        Door door = stripe.lock.lock();
        assertEquals(FreeOutcome.FREED, inThread(() -> striped.free(small)));
        assertTrue(stripe.allocator.usableSize(small) > 0, "not yet");
        FutureTask<FreeOutcome> waiting = new FutureTask<>(() -> striped.free(large));
        Thread.ofPlatform().start(waiting);
        assertThrows(TimeoutException.class, () -> waiting.get(50, TimeUnit.MILLISECONDS), "a large block is not left");
        door.open();
        assertEquals(FreeOutcome.FREED, waiting.get());
        assertEquals(0, striped.stats().liveCount());
        assertEquals(FreeOutcome.ALREADY_FREE, striped.free(small));
    }

    @Test
    void shouldServeItsOwnerWhatOthersLeft() throws Exception {
        long[] blocks = new long[AddressQueue.CAPACITY + 10];
        for (int round = 0; round < 100; round++) {
            for (int i = 0; i < blocks.length; i++) {
                blocks[i] = striped.allocate(1_000, 16);
                OffHeapMemory.writeLong(blocks[i], i);
            }
            assertEquals(blocks.length, striped.stats().liveCount());
            inThread(() -> {
                for (int i = 0; i < blocks.length; i++) {
                    assertEquals(i, OffHeapMemory.readLong(blocks[i]));
                    assertEquals(FreeOutcome.FREED, striped.free(blocks[i]));
                }
                return null;
            });
        }
        assertEquals(0, striped.stats().liveCount());
        assertEquals(0, striped.stats().refusedFreeCount());
        assertTrue(source.peakCommittedBytes() < 4 * 1_000L * blocks.length, "freed blocks are used again");
    }

    /** Freed twice from outside: one is obeyed, the other refused, whether at once or by whoever frees what was left. */
    @Test
    void shouldObeyOneOfTwoFreesFromOutside() throws Exception {
        long address = striped.allocate(100, 16);
        Door door = striped.stripes()[0].lock.lock();
        inThread(() -> striped.free(address));
        inThread(() -> striped.free(address));
        door.open();
        assertEquals(0, striped.stats().liveCount());
        assertEquals(1, striped.stats().refusedFreeCount());
    }

    /** What was left still looks live to whoever is inside; as long as it is not handed out again, one of the two frees is refused. */
    @Test
    void shouldRefuseWhatWasLeftOfABlockThatWasFreedInside() throws Exception {
        long address = striped.allocate(100, 16);
        Door door = striped.stripes()[0].lock.lock();
        assertEquals(FreeOutcome.FREED, inThread(() -> striped.free(address)));
        door.open();
        assertEquals(FreeOutcome.FREED, striped.free(address));
        assertEquals(0, striped.stats().liveCount());
        assertEquals(1, striped.stats().refusedFreeCount());
    }

    @Test
    void shouldGoOnWhereAPartCannotBeMade() throws Exception {
        mayMake = false;
        Stripe first = striped.stripes()[0];
        while (first.waitsLeft() > 1) {
            assertFalse(first.isCrowded(soon()));
        }
        Door door = first.lock.lock();
        FutureTask<Long> waiting = new FutureTask<>(() -> striped.allocate(100, 16));
        Thread.ofPlatform().start(waiting);
        while (refusals.get() == 0) {
            Thread.onSpinWait();
        }
        door.open();
        assertEquals(FreeOutcome.FREED, striped.free(waiting.get()));
        assertEquals(1, striped.stripes().length);
    }

    @Test
    void shouldHaveOneLockWhereItMayHaveOnePart() {
        try (StripedAllocator locked = new StripedAllocator(this::make, 1)) {
            assertEquals(ThreadModel.LOCKED, locked.traits().threadModel());
        }
    }
}
