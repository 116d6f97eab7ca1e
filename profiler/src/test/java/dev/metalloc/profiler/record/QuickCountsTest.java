// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import java.lang.reflect.Field;
import java.util.ArrayDeque;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class QuickCountsTest {
    private static final int UNSAFE = EntryPoint.UNSAFE.ordinal();
    private static final int CONFINED = EntryPoint.ARENA_CONFINED.ordinal();

    private final Recorder recorder = new Recorder(RecorderOptions.sampled(), new NoStacks());
    private final ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
    private final long[] count = new long[SizeBands.COUNT];
    private final long[] bytes = new long[SizeBands.COUNT];

    private QuickCounts quick(int entryPoint) {
        return thread.entry(entryPoint).quick;
    }

    @Test
    void sizeIsRefusedUntilTheFirstStretchAndBlocksOfItsBandWereFollowed() {
        long never = 1L << 40; // no block is picked by the dice meanwhile
        ThreadRecorder rare = new Recorder(RecorderOptions.sampled(never, never), new NoStacks())
                .threadRecorder(Thread.currentThread());
        for (int i = 1; i <= Math.max(Bursts.LENGTH, RecorderOptions.DEFAULT_CERTAIN_BLOCKS); i++) {
            assertFalse(rare.entry(UNSAFE).quick.allocated(100), "block " + i);
            rare.allocated(UNSAFE, i * 16L, 100);
        }
        assertTrue(rare.entry(UNSAFE).quick.allocated(100));
        assertFalse(rare.entry(UNSAFE).quick.allocated(101), "a new size of the band");
        for (int i = 1; i <= Bursts.LENGTH; i++) { // it begins a stretch
            rare.allocated(UNSAFE, 0x9000 + i * 16L, 101);
        }
        assertTrue(rare.entry(UNSAFE).quick.allocated(101));
    }

    @Test
    void sizesOutsideTheTableAreRefused() {
        for (long size : new long[] {0, QuickCounts.SIZES, 1L << 40, Long.MAX_VALUE - 64}) {
            for (int i = 1; i <= 200; i++) {
                thread.allocated(UNSAFE, i * 16L, size);
                assertFalse(quick(UNSAFE).allocated(size), "size " + size);
            }
        }
    }

    /** Refusing changes neither the clock nor which blocks the dice pick. */
    @Test
    void refusesForAWhile() {
        QuickCounts counts = new QuickCounts(1, false, false, AddressFilter.empty());
        counts.rearm(1_000);
        counts.open(100, 1, false);
        assertTrue(counts.allocated(100));
        counts.refuse(true);
        assertFalse(counts.allocated(100));
        assertFalse(counts.cover(300), "not due");
        assertEquals(400, counts.clockBytes());
        assertTrue(counts.cover(1_000), "due");
        counts.rearm(500);
        assertFalse(counts.isDue());
        counts.refuse(false);
        assertEquals(1_400, counts.clockBytes());
        assertTrue(counts.allocated(100));
        assertFalse(counts.allocated(500), "beyond the distance");
        assertEquals(1_500, counts.clockBytes());
    }

    @Test
    void nullAndFollowedBlocksAreNotFreedHere() {
        thread.allocated(UNSAFE, 0x1000, 64);
        assertFalse(quick(UNSAFE).freed(0));
        assertFalse(quick(UNSAFE).freed(0x1000));
        assertTrue(quick(UNSAFE).freed(0x2000) || !quick(UNSAFE).freed(0x3000), "others by and large are");
    }

    @Test
    void countsAndBytesAreExactByBandHoweverTheyWereCounted() {
        SplittableRandom random = new SplittableRandom(7);
        ArrayDeque<Long> live = new ArrayDeque<>();
        long frees = 0;
        for (int i = 1; i <= 300_000; i++) {
            long size = random.nextInt(100) < 90 ? random.nextInt(1, 40) * 24L : random.nextInt(100_000);
            thread.allocated(UNSAFE, i * 16L, size);
            expect(size);
            live.add(i * 16L);
            if (live.size() > 300) {
                thread.freed(UNSAFE, random.nextBoolean() ? live.removeFirst() : live.removeLast());
                frees++;
            }
        }
        EntryPointProfile profile = profile(EntryPoint.UNSAFE);
        assertBands(profile);
        assertEquals(frees, profile.freeCount());
        assertEquals(0, profile.unknownFreeCount());
        assertTrue(quick(UNSAFE).countedBlocks() > 250_000, "most of them by the quick way");
        assertEquals(profile.allocateBytes(), thread.allocatedBytes(), "the clock");
        assertEquals(300_000 - frees, thread.entry(UNSAFE).liveBlocks());
    }

    @Test
    void blocksBeyondAFullCounterAreCountedByTheirBand() throws ReflectiveOperationException {
        for (int i = 1; i <= 200; i++) {
            thread.allocated(UNSAFE, i * 16L, 48);
        }
        Field counts = QuickCounts.class.getDeclaredField("counts");
        counts.setAccessible(true);
        int[] cells = (int[]) counts.get(quick(UNSAFE));
        long before = thread.entry(UNSAFE).allocateCount();
        long added = Integer.MAX_VALUE - 3L - cells[48];
        cells[48] += (int) added;
        for (int i = 1; i <= 1_000; i++) {
            thread.allocated(UNSAFE, i * 16L, 48);
        }
        EntryRecord entry = thread.entry(UNSAFE);
        assertEquals(before + added + 1_000, entry.allocateCount());
        assertEquals(48 * (before + added + 1_000), entry.allocateBytes());
        assertEquals(Integer.MAX_VALUE, cells[48]);
    }

    @Test
    void arenasAreExactByBandHoweverTheyWereCounted() {
        SplittableRandom random = new SplittableRandom(8);
        long zeroed = 0;
        for (int i = 0; i < 5_000; i++) {
            ArenaRecord outer = thread.openConfinedArena();
            ArenaRecord inner = thread.openConfinedArena();
            for (int block = random.nextInt(60); block >= 0; block--) {
                ArenaRecord arena = random.nextBoolean() ? outer : inner;
                long size = random.nextInt(20) == 0 ? random.nextInt(5000) : 8L * random.nextInt(1, 30);
                boolean isZeroed = random.nextBoolean();
                if (!arena.allocatedQuickly(size, 8, isZeroed)) {
                    arena.allocated(thread, size, 8, isZeroed ? ThreadRecorder.ZEROED : 0);
                }
                expect(size);
                zeroed += isZeroed ? 1 : 0;
            }
            inner.closed(thread);
            if (i < 4_999) {
                outer.closed(thread); // the last stays open
            }
        }
        EntryPointProfile profile = profile(EntryPoint.ARENA_CONFINED);
        assertBands(profile);
        assertEquals(
                zeroed,
                profile.bands().stream().mapToLong(BandProfile::zeroedCount).sum());
        assertTrue(quick(CONFINED).countedBlocks() > 50_000, "most of them by the quick way");
        long liveBytes = profile.allocateBytes() - profile.freedBytes();
        assertTrue(profile.allocateCount() > profile.freeCount() && liveBytes > 0 && liveBytes < 200_000);
        assertEquals(liveBytes, RecorderTest.liveBytes(thread.entry(CONFINED)));
        assertEquals(10_000, profile.arenas().openCount());
        assertEquals(9_999, profile.arenas().closeCount());
        assertEquals(2, profile.arenas().maxOpenCount());
        assertEquals(0, profile.arenas().outOfOrderCloseCount());
    }

    @Test
    void arenaThatIsNotRecordedCountsNothing() {
        assertFalse(ArenaRecord.NONE.allocatedQuickly(64, 8, true));
        ArenaRecord.NONE.allocated(thread, 64, 8, ThreadRecorder.ZEROED);
        ArenaRecord.NONE.closed(thread);
        assertTrue(RecorderTest.profileOf(recorder).entryPoints().isEmpty());
    }

    @Test
    void threadFindsItsCountsAndNobodyElse() throws InterruptedException {
        QuickSlots slots = new QuickSlots();
        long ownId = Thread.currentThread().threadId();
        open(100);
        assertFalse(found(slots, ownId).allocated(ownId, 100), "before any were chosen");
        recorder.registry().chooseQuick(slots, UNSAFE);
        long count = quick(UNSAFE).allocateCount();
        assertTrue(found(slots, ownId).allocated(ownId, 100));
        assertTrue(found(slots, ownId).freed(ownId, 0x70_0000));
        assertFalse(found(slots, ownId).allocated(ownId + QuickSlots.COUNT, 100), "another thread of the same slot");
        assertFalse(found(slots, ownId).freed(ownId + QuickSlots.COUNT, 0x70_0000));
        assertEquals(count + 1, quick(UNSAFE).allocateCount());
        boolean[] taken = {true};
        Thread.ofVirtual()
                .start(() -> taken[0] =
                        quick(UNSAFE).allocated(Thread.currentThread().threadId(), 100))
                .join();
        assertFalse(taken[0]);
        slots.clear();
        assertFalse(found(slots, ownId).allocated(ownId, 100));
    }

    @Test
    void endedThreadGivesItsSlotBack() throws InterruptedException {
        QuickSlots slots = new QuickSlots();
        long[] endedId = new long[1];
        Thread ending = new Thread(() -> {
            endedId[0] = Thread.currentThread().threadId();
            recorder.threadRecorder(Thread.currentThread()).allocated(UNSAFE, 0x1000, 100);
        });
        ending.start();
        ending.join();
        recorder.registry().chooseQuick(slots, UNSAFE);
        assertNotSame(QuickCounts.NOBODY, found(slots, endedId[0]));
        recorder.snapshot();
        recorder.registry().chooseQuick(slots, UNSAFE);
        assertSame(QuickCounts.NOBODY, found(slots, endedId[0]));
    }

    private static QuickCounts found(QuickSlots slots, long threadId) {
        return slots.byThread()[(int) threadId & (QuickSlots.COUNT - 1)];
    }

    /** Lets blocks of the size be merely counted. */
    private void open(long size) {
        for (int i = 1; !quick(UNSAFE).allocated(size); i++) {
            assertTrue(i < 1000, "never");
            thread.allocated(UNSAFE, 0x10_0000 + i * 16L, size);
        }
    }

    private void expect(long size) {
        int band = SizeBands.band(size);
        count[band]++;
        bytes[band] += size;
    }

    private void assertBands(EntryPointProfile profile) {
        for (BandProfile band : profile.bands()) {
            assertEquals(count[band.log2()], band.allocateCount(), "count of band " + band.log2());
            assertEquals(bytes[band.log2()], band.allocateBytes(), "bytes of band " + band.log2());
        }
        assertEquals(profile.allocateCount(), profile.sizes().getTotalCount());
    }

    private EntryPointProfile profile(EntryPoint entryPoint) {
        return RecorderTest.profileOf(recorder).entryPoint(entryPoint).orElseThrow();
    }
}
