// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.ARENA_CONFINED;
import static dev.metalloc.profiler.api.EntryPoint.MALLOC_DOWNCALL;
import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.LifetimeBuckets;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.api.TimePoint;
import java.util.ArrayDeque;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Three sites of one thread, entry point and band that differ: pairs, a queue whose blocks live long, and blocks that grow. */
@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class SiteBehaviourTest {
    private static final int ENTRY = UNSAFE.ordinal();
    private static final long ROUND_NANOS = 1_000_000;
    /** So long that walks of stacks take none of it to speak of: else they would be taken at a greater distance from some time on. */
    private static final long SAMPLED_ROUND_NANOS = 1_000_000_000;

    private static final int PAIRS_PER_ROUND = 4;

    private String site = "app.None";
    private long nextAddress;

    private Recorder recorder(RecorderOptions options) {
        return new Recorder(options, into -> into.add(site, "run", 1));
    }

    /** The recorder after so many rounds, at the end of which so many blocks of the queue are live. */
    private Recorder load(RecorderOptions options, int rounds, int queued, int roundsPerLook, long roundNanos) {
        Recorder recorder = recorder(options);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        ArrayDeque<Long> queue = new ArrayDeque<>();
        for (int round = 0; round < rounds; round++) {
            if (round % roundsPerLook == 0) {
                recorder.advance(round * roundNanos);
            }
            for (int pair = 0; pair < PAIRS_PER_ROUND; pair++) {
                thread.freed(ENTRY, allocate(thread, "app.Pairs", 64));
            }
            queue.add(allocate(thread, "app.Queue", 60));
            if (queue.size() > queued) {
                thread.freed(ENTRY, queue.remove());
            }
            long small = allocate(thread, "app.Growing", 64);
            long large = reallocate(thread, small, 128);
            thread.freed(ENTRY, reallocate(thread, large, 96));
        }
        return recorder;
    }

    private long allocate(ThreadRecorder thread, String from, long byteSize) {
        site = from;
        nextAddress += 16;
        thread.allocated(ENTRY, nextAddress, byteSize, 8, 0);
        return nextAddress;
    }

    private long reallocate(ThreadRecorder thread, long address, long byteSize) {
        nextAddress += 16;
        long token = thread.beginReallocate(ENTRY, address);
        thread.endReallocate(ENTRY, token, address, nextAddress, byteSize);
        return nextAddress;
    }

    private static SiteProfile site(Profile profile, String className) {
        return profile.sites().stream()
                .filter(found -> found.frames().getFirst().className().equals(className))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void shouldTellWhatBecomesOfEachSitesBlocks() {
        Profile profile = RecorderTest.profileOf(load(RecorderOptions.full(), 1000, 100, 1, ROUND_NANOS));

        SiteBehaviour pairs = site(profile, "app.Pairs").behaviour();
        assertEquals(4000, pairs.lifoFreeCount());
        assertEquals(4000, pairs.freeCount());
        assertEquals(0, pairs.reallocateCount());
        assertEquals(0, pairs.liveBytes());
        assertEquals(0, pairs.peakLiveBytes(), "never live when looked at");
        assertEquals(LifetimeBuckets.of(4000), pairs.lifetimeNanos());

        SiteBehaviour queue = site(profile, "app.Queue").behaviour();
        assertEquals(899, queue.fifoFreeCount(), "though pairs of the same band are freed in between");
        assertEquals(1, queue.unorderedFreeCount(), "the first, which has none before it");
        assertEquals(900, queue.freeCount());
        assertEquals(6000, queue.liveBytes());
        assertEquals(6000, queue.peakLiveBytes());
        assertEquals(900, queue.lifetimeNanos().totalCount());
        long medianNanos = queue.lifetimeNanos().nanosAtShare(0.5);
        assertEquals(1.0, medianNanos / (100.0 * ROUND_NANOS), 0.5, "to within a power of two");

        SiteBehaviour growing = site(profile, "app.Growing").behaviour();
        assertEquals(2000, growing.reallocateCount());
        assertEquals(1000, growing.growCount());
        assertEquals(2000, growing.unorderedFreeCount(), "nobody chose when these end");
        assertEquals(1000, growing.lifoFreeCount());
        assertEquals(0, growing.liveBytes());
        for (SiteProfile each : profile.sites()) {
            assertEquals(each.freeCount(), each.behaviour().freeCount());
        }
    }

    @Test
    void shouldEstimateTheSameFromSamples() {
        int runs = 6;
        int rounds = 60_000;
        int queued = 2000;
        double frees = 0;
        double lifo = 0;
        double fifo = 0;
        double reallocations = 0;
        double growths = 0;
        double live = 0;
        for (int run = 0; run < runs; run++) {
            Profile profile = RecorderTest.profileOf(
                    load(RecorderOptions.sampled(4096, 4096), rounds, queued, 100, SAMPLED_ROUND_NANOS));
            SiteBehaviour pairs = site(profile, "app.Pairs").behaviour();
            frees += pairs.freeCount();
            lifo += pairs.lifoFreeCount();
            assertEquals(
                    (double) pairs.freeCount(), (double) pairs.lifetimeNanos().totalCount(), 2);
            SiteBehaviour queue = site(profile, "app.Queue").behaviour();
            fifo += queue.fifoFreeCount();
            live += queue.liveBytes();
            assertEquals(1.0, queue.lifetimeNanos().nanosAtShare(0.5) / ((double) queued * SAMPLED_ROUND_NANOS), 0.5);
            assertTrue(queue.peakLiveBytes() >= queue.liveBytes() / 2, queue::toString);
            SiteBehaviour growing = site(profile, "app.Growing").behaviour();
            reallocations += growing.reallocateCount();
            growths += growing.growCount();
        }
        // Standard errors of 0.4, 0.4, 1, 0.8 and 1 per cent, and of the sixty samples that are live 5.
        assertMean("frees", PAIRS_PER_ROUND * rounds, frees / runs, 0.05);
        assertMean("last in, first out", PAIRS_PER_ROUND * rounds, lifo / runs, 0.05);
        assertMean("first in, first out", rounds - queued, fifo / runs, 0.06);
        assertMean("reallocations", 2.0 * rounds, reallocations / runs, 0.06);
        assertMean("to a larger size", rounds, growths / runs, 0.06);
        assertMean("live bytes", 60.0 * queued, live / runs, 0.3);
    }

    private static void assertMean(String what, double expected, double mean, double tolerance) {
        assertEquals(expected, mean, tolerance * expected, what);
    }

    @Test
    void shouldTellThatArenasBlocksEndTogether() {
        Recorder recorder = recorder(RecorderOptions.full());
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        site = "app.Frames";
        for (int i = 0; i < 10; i++) {
            ArenaRecord arena = thread.openArena(ARENA_CONFINED.ordinal());
            arena.allocated(thread, 100, 8, 0);
            arena.allocated(thread, 50, 8, 0);
            recorder.advance((i + 1) * ROUND_NANOS);
            arena.closed(thread);
        }
        SiteBehaviour frames =
                site(RecorderTest.profileOf(recorder), "app.Frames").behaviour();
        assertEquals(20, frames.bulkFreeCount());
        assertEquals(0, frames.unorderedFreeCount());
        assertEquals(150, frames.peakLiveBytes());
        assertEquals(0, frames.liveBytes());
    }

    @Test
    void shouldNotCountReallocationsThatFail() {
        Recorder recorder = recorder(RecorderOptions.full());
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        long address = allocate(thread, "app.Growing", 64);
        long token = thread.beginReallocate(ENTRY, address);
        thread.endReallocate(ENTRY, token, address, 0, 1 << 20);

        SiteBehaviour growing =
                site(RecorderTest.profileOf(recorder), "app.Growing").behaviour();
        assertEquals(0, growing.reallocateCount());
        assertEquals(0, growing.freeCount());
        assertEquals(64, growing.liveBytes());
    }

    @Test
    void shouldCompareBlocksOfOneThreadOnly() {
        SiteOrder order = new SiteOrder();
        int thread = 1;
        int other = 2;
        assertEquals(BandRow.UNORDERED_FREE_WEIGHT, order.column(BandRow.FALLING_FREE_WEIGHT, thread, 100));
        assertEquals(BandRow.UNORDERED_FREE_WEIGHT, order.column(BandRow.FALLING_FREE_WEIGHT, other, 7));
        assertEquals(BandRow.RISING_FREE_WEIGHT, order.column(BandRow.FALLING_FREE_WEIGHT, thread, 101));
        assertEquals(BandRow.FALLING_FREE_WEIGHT, order.column(BandRow.RISING_FREE_WEIGHT, other, 6));
        assertEquals(BandRow.LIFO_FREE_WEIGHT, order.column(BandRow.LIFO_FREE_WEIGHT, thread, 300));
        assertEquals(BandRow.UNORDERED_FREE_WEIGHT, order.column(BandRow.UNORDERED_FREE_WEIGHT, thread, 400));
        assertEquals(
                BandRow.FALLING_FREE_WEIGHT,
                order.column(BandRow.RISING_FREE_WEIGHT, thread, 200),
                "after the last in, first out; what a reallocation ended is left out");
    }

    @Test
    void shouldCountWhatSitesHold() {
        Recorder recorder = recorder(RecorderOptions.full());
        long before = recorder.sites.heldBytes();
        allocate(recorder.threadRecorder(Thread.currentThread()), "app.Pairs", 64);
        long longs = 0L + SiteRow.SIZES + SizeBands.SITE_SUB_BUCKETS + SizeBands.COUNT;
        assertEquals(longs * Long.BYTES + SiteOrder.HELD_BYTES, recorder.sites.heldBytes() - before);
    }

    @Test
    void shouldDrawATimeLineOfEachEntryPoint() {
        Recorder recorder = recorder(RecorderOptions.full());
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 0; i < 1000; i++) {
            thread.allocated(ENTRY, 0x1000 + i * 16L, 100, 8, 0);
            if (i >= 500) {
                thread.allocated(MALLOC_DOWNCALL.ordinal(), 0x100_0000 + i * 16L, 10, 8, 0);
                thread.freed(MALLOC_DOWNCALL.ordinal(), 0x100_0000 + i * 16L);
            }
            recorder.advance(i * 10_000_000L);
        }
        Profile profile = RecorderTest.profileOf(recorder);
        List<TimePoint> unsafe = profile.entryPoint(UNSAFE).orElseThrow().timeLine();
        List<TimePoint> malloc =
                profile.entryPoint(MALLOC_DOWNCALL).orElseThrow().timeLine();
        assertTrue(unsafe.size() > 60 && unsafe.size() <= 128, "" + unsafe.size());
        assertEquals(new TimePoint(0, 100, 100, 1), unsafe.getFirst());
        TimePoint last = unsafe.getLast();
        assertEquals(last.allocatedCount() * 100, last.liveBytes());
        assertEquals(last.elapsedMillis() / 10 + 1, last.allocatedCount());
        assertEquals(new TimePoint(5000, 0, 10, 1), malloc.getFirst());
        assertTrue(malloc.stream().allMatch(point -> point.liveBytes() == 0), malloc::toString);
        assertTrue(malloc.getLast().elapsedMillis() > 9500, malloc::toString);
    }
}
