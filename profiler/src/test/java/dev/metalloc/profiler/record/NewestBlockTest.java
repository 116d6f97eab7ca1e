// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Blocks that are freed before their thread allocates or frees another count as all others do. */
@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class NewestBlockTest {
    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();
    private static final int CONFINED = EntryPoint.ARENA_CONFINED.ordinal();
    private static final long ADDRESS = 0x1000;

    private final Recorder recorder = new Recorder(RecorderOptions.full(), new NoStacks());
    private final ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
    private final long[] taken = new long[LiveBlockTable.VALUES];

    @Test
    void pairsAreCountedInFull() {
        recorder.tick(1);
        for (int i = 0; i < 10_000; i++) {
            thread.allocated(UNSAFE, ADDRESS, 64);
            thread.freed(UNSAFE, ADDRESS);
        }
        EntryPointProfile unsafe = unsafe();
        BandProfile band = onlyBand(unsafe);
        assertEquals(10_000, band.allocateCount());
        assertEquals(10_000, band.freeCount());
        assertEquals(640_000, band.freedBytes());
        assertEquals(10_000, band.lifoFreeCount());
        assertEquals(10_000, band.lifetimeNanos().getTotalCount());
        assertEquals(10_000, band.lifetimeBytes().getTotalCount());
        assertTrue(band.lifetimeBytes().getMaxValue() < 16);
        assertEquals(0, unsafe.unknownFreeCount());
        assertEquals(0, RecorderTest.liveBytes(thread.entry(UNSAFE)));
        assertEquals(10_000, thread.entry(UNSAFE).freeCount());
        assertEquals(10_000, ThreadRow.of(thread)[ThreadRow.LIFETIME_BYTES] >> ByteSampler.WEIGHT_SHIFT);
        assertTrue(thread.entry(UNSAFE).quick.freedAtOnceCount() > 9_000, "most of them the quick way");
    }

    @Test
    void pairThatTakesLongIsNotShort() {
        recorder.tick(1);
        for (int i = 0; i < 1_000; i++) {
            thread.allocated(UNSAFE, ADDRESS, 64);
            thread.freed(UNSAFE, ADDRESS);
        }
        thread.allocated(UNSAFE, ADDRESS, 64);
        recorder.tick(2_000_000_001L);
        thread.freed(UNSAFE, ADDRESS);
        thread.allocated(UNSAFE, ADDRESS, 64);
        ArenaRecord arena = thread.openConfinedArena();
        arena.allocated(thread, 1 << 20, 1, 0);
        thread.freed(UNSAFE, ADDRESS);

        BandProfile band = onlyBand(unsafe());
        assertEquals(1_002, band.lifoFreeCount());
        assertEquals(2e9, (double) band.lifetimeNanos().getMaxValue(), 0.5e9);
        assertEquals(1 << 20, (double) band.lifetimeBytes().getMaxValue(), 1 << 18);
        arena.closed(thread);
        assertEquals(
                1,
                RecorderTest.profileOf(recorder)
                        .entryPoint(EntryPoint.ARENA_CONFINED)
                        .orElseThrow()
                        .allocateCount());
        assertTrue(RecorderTest.liveBytes(thread.entry(CONFINED)) == 0);
    }

    /** Against the definition of last in, first out, taken literally. */
    @Test
    void ordersAndCountsAreExactInARandomProgram() {
        SplittableRandom random = new SplittableRandom(3);
        List<Live> live = new ArrayList<>();
        long next = ADDRESS;
        long frees = 0;
        long lifoFrees = 0;
        long bytes = 0;
        long liveBytes = 0;
        for (int i = 0; i < 200_000; i++) {
            if (live.isEmpty() || (live.size() < 60 && random.nextBoolean())) {
                long size = 16L * random.nextInt(1, 90); // some beyond those that have a counter each
                next += 16;
                thread.allocated(UNSAFE, next, size);
                live.add(new Live(next, size, live.size() + 1));
                bytes += size;
                liveBytes += size;
            } else {
                Live block = live.remove(random.nextInt(3) > 0 ? live.size() - 1 : random.nextInt(live.size()));
                boolean isLifo = !block.wasBelow && live.size() + 1 == block.liveCount;
                thread.freed(UNSAFE, block.address);
                live.stream().filter(each -> each.liveCount > live.size()).forEach(each -> each.wasBelow = true);
                frees++;
                lifoFrees += isLifo ? 1 : 0;
                liveBytes -= block.byteSize;
            }
        }
        EntryRecord total = recorder.totals()[UNSAFE];
        assertNotNull(total);
        assertEquals(lifoFrees, total.sum(BandRow.LIFO_FREE_WEIGHT) / ByteSampler.ONE);
        assertEquals(frees, total.sum(BandRow.FOLLOWED_FREE_COUNT));
        assertEquals(liveBytes, total.sum(BandRow.LIVE_BYTES));
        EntryPointProfile unsafe = unsafe();
        assertEquals(bytes, unsafe.allocateBytes());
        assertEquals(bytes - liveBytes, unsafe.freedBytes());
        assertEquals(frees, unsafe.freeCount());
        assertEquals(0, unsafe.unknownFreeCount());
        assertTrue(thread.entry(UNSAFE).quick.freedAtOnceCount() > 20_000, "many of them the quick way");
    }

    @Test
    void newestIsReallocated() {
        thread.allocated(UNSAFE, ADDRESS, 64);
        long token = thread.beginReallocate(UNSAFE, ADDRESS);
        thread.endReallocate(UNSAFE, token, ADDRESS, 2 * ADDRESS, 128);
        thread.freed(UNSAFE, 2 * ADDRESS);
        EntryPointProfile unsafe = unsafe();
        assertEquals(2, unsafe.freeCount());
        assertEquals(0, unsafe.unknownFreeCount());
        assertEquals(
                1,
                unsafe.bands().stream().mapToLong(BandProfile::reallocateCount).sum());
        assertEquals(0, RecorderTest.liveBytes(thread.entry(UNSAFE)));
    }

    @Test
    void newestOfAThreadThatHasEndedIsFreedByAnother() throws InterruptedException {
        for (int i = 1; i <= 100; i++) {
            long address = i * ADDRESS;
            Thread other = Thread.ofPlatform()
                    .start(() -> recorder.threadRecorder(Thread.currentThread()).allocated(UNSAFE, address, 64));
            other.join();
            if (i % 2 == 0) {
                recorder.snapshot(); // adds those that have ended up
            }
            thread.freed(UNSAFE, address);
        }
        EntryPointProfile unsafe = unsafe();
        assertEquals(100, onlyBand(unsafe).remoteFreeCount());
        assertEquals(0, unsafe.unknownFreeCount());
        assertEquals(0, unsafe.allocateBytes() - unsafe.freedBytes());
    }

    /** Addresses come again at once, as an allocator gives them out. */
    @Test
    void everyNewestBlockIsFreedByAnotherThread() throws InterruptedException {
        int count = 200_000;
        AtomicLong handedOver = new AtomicLong();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        Thread consumer = Thread.ofPlatform()
                .uncaughtExceptionHandler((which, e) -> failure.set(e))
                .start(() -> {
                    ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
                    for (int i = 0; i < count; i++) {
                        long address;
                        while ((address = handedOver.get()) == 0) {
                            Thread.onSpinWait();
                        }
                        current.freed(UNSAFE, address);
                        handedOver.set(0);
                    }
                });
        for (int i = 0; i < count; i++) {
            long address = ADDRESS + 16L * (i % 7);
            thread.allocated(UNSAFE, address, 64);
            while (handedOver.get() != 0) {
                Thread.onSpinWait();
            }
            handedOver.set(address);
        }
        consumer.join();
        assertNull(failure.get());
        EntryPointProfile unsafe = unsafe();
        assertEquals(count, unsafe.freeCount());
        assertEquals(count, onlyBand(unsafe).remoteFreeCount());
        assertEquals(0, unsafe.unknownFreeCount());
        assertEquals(0, unsafe.nativeFreeCount());
        assertEquals(0, unsafe.allocateBytes() - unsafe.freedBytes());
    }

    /** Another thread has freed it, and the next has put one of its address into the table: neither is disturbed. */
    @Test
    void blockThatWasTakenDoesNotGoToTheTable() {
        LiveBlockTable table = recorder.blocks;
        NewestBlock newest = new NewestBlock();
        newest.hold(ADDRESS, 1, 1, 1, UNSAFE, 1);
        assertTrue(newest.take(ADDRESS, taken));
        table.insert(ADDRESS, 2, 2, 2, UNSAFE, 2);
        assertTrue(table.insert(ADDRESS, 1, 1, 1, UNSAFE, 1, newest));
        assertTrue(table.removeAwaiting(ADDRESS, taken));
        assertEquals(2, taken[LiveBlockTable.SIZE]);
        assertFalse(table.removeAwaiting(ADDRESS, taken));
        assertEquals(0, table.nativeFrees.count(UNSAFE));
    }

    @Test
    void blockThatHasNoRoomIsDroppedUnlessItWasTaken() {
        LiveBlockTable full = new LiveBlockTable(0, AddressFilter.open());
        NewestBlock newest = new NewestBlock();
        newest.hold(ADDRESS, 1, 1, 1, UNSAFE, 1);
        assertFalse(full.insert(ADDRESS, 1, 1, 1, UNSAFE, 1, newest));
        assertTrue(newest.drop());
        newest.hold(ADDRESS, 1, 1, 1, UNSAFE, 1);
        assertTrue(newest.take(ADDRESS, taken));
        assertFalse(newest.drop());
    }

    private EntryPointProfile unsafe() {
        return RecorderTest.profileOf(recorder).entryPoint(EntryPoint.UNSAFE).orElseThrow();
    }

    private static BandProfile onlyBand(EntryPointProfile entry) {
        assertEquals(1, entry.bands().size());
        return entry.bands().getFirst();
    }

    private static final class Live {
        final long address;
        final long byteSize;
        final int liveCount;
        boolean wasBelow;

        Live(long address, long byteSize, int liveCount) {
            this.address = address;
            this.byteSize = byteSize;
            this.liveCount = liveCount;
        }
    }
}
