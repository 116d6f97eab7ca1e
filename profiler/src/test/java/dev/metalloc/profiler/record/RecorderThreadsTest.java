// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ThreadSummary;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class RecorderThreadsTest {
    private static final int ENTRY = UNSAFE.ordinal();
    private static final int THREADS = 4;

    private final Recorder recorder = new Recorder(RecorderOptions.full(), new NoStacks());
    private final AtomicLong nextAddress = new AtomicLong(1);
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** Each thread plays a random program on blocks of its own, and counts along with plain sums. */
    @Test
    void fourThreadsAreCountedExactly() throws InterruptedException {
        long[][] expected = new long[THREADS][];
        List<Thread> threads = new ArrayList<>();
        AtomicBoolean running = new AtomicBoolean(true);
        Thread reader = start(() -> {
            for (long now = 0; running.get(); now += 10_000_000_000L) {
                recorder.tick(now);
                recorder.snapshot();
            }
        });
        CountDownLatch done = new CountDownLatch(THREADS);
        CountDownLatch end = new CountDownLatch(1);
        for (int t = 0; t < THREADS; t++) {
            int id = t;
            threads.add(start(() -> {
                expected[id] = playProgram(id);
                done.countDown();
                ArenaRecordTest.await(end);
            }));
        }
        done.await();
        running.set(false);
        reader.join();
        Profile alive = RecorderTest.profileOf(recorder);
        end.countDown();
        for (Thread thread : threads) {
            thread.join();
        }
        assertNull(failure.get());
        assertCounts(expected, alive);
        assertCounts(expected, RecorderTest.profileOf(recorder));
        assertEquals(THREADS, alive.threadCounts().maxAliveCount());
    }

    @Test
    void consumerFreesWhatProducersAllocate() throws InterruptedException {
        BlockingQueue<Long> queue = new ArrayBlockingQueue<>(256);
        int each = 20_000;
        List<Thread> producers = new ArrayList<>();
        for (int t = 0; t < 2; t++) {
            producers.add(start(() -> {
                ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
                for (int i = 0; i < each; i++) {
                    long address = 16L * nextAddress.getAndIncrement();
                    current.allocated(ENTRY, address, 100, 8, 0);
                    put(queue, address);
                }
            }));
        }
        ThreadRecorder consumer = recorder.threadRecorder(Thread.currentThread());
        for (int i = 0; i < 2 * each; i++) {
            consumer.freed(ENTRY, queue.take());
        }
        for (Thread producer : producers) {
            producer.join();
        }
        BandProfile band = onlyBand(RecorderTest.profileOf(recorder));
        assertEquals(2L * each, band.freeCount());
        assertEquals(2L * each, band.remoteFreeCount());
        assertEquals(0, band.liveBytes());
        assertTrue(band.fifoFreeCount() >= 2L * each - 2, "" + band.fifoFreeCount());
        long remote = RecorderTest.profileOf(recorder).threads().stream()
                .mapToLong(ThreadSummary::remoteFreeCount)
                .sum();
        assertEquals(2L * each, remote);
    }

    @Test
    void blocksOutliveTheThreadThatAllocatedThem() throws InterruptedException {
        Thread allocating = start(() -> {
            ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
            for (int i = 1; i <= 100; i++) {
                current.allocated(ENTRY, i * 16L, 100, 8, 0);
            }
        });
        allocating.join();
        recorder.snapshot(); // folds the thread
        ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= 100; i++) {
            current.freed(ENTRY, i * 16L);
        }
        BandProfile band = onlyBand(RecorderTest.profileOf(recorder));
        assertEquals(100, band.freeCount());
        assertEquals(100, band.remoteFreeCount());
        assertEquals(100, band.lifetimeNanos().getTotalCount());
        assertEquals(0, band.lifetimeBytes().getTotalCount(), "the clock of the thread stopped with it");
    }

    @Test
    void thousandThreadsThatComeAndGoAreCountedExactlyInBoundedMemory() throws InterruptedException {
        int total = 1000;
        int atOnce = 10;
        long heldAfterFirstHundred = 0;
        for (int started = 0; started < total; started += atOnce) {
            List<Thread> batch = new ArrayList<>();
            for (int t = 0; t < atOnce; t++) {
                int id = started + t;
                batch.add(start(() -> useAndLeave(id)));
            }
            for (Thread thread : batch) {
                thread.join();
            }
            if (started == 100) {
                heldAfterFirstHundred = RecorderTest.profileOf(recorder).cost().heldBytes();
            }
        }
        assertNull(failure.get());
        int unfolded = 0;
        for (ThreadRecorder held : recorder.registry.held()) {
            unfolded += held == null ? 0 : 1;
        }
        assertTrue(unfolded <= 32, "registrations fold by themselves, " + unfolded + " left");
        Profile profile = RecorderTest.profileOf(recorder);
        assertEquals(total, profile.threadCounts().platformCount());
        assertEquals(total, profile.threadCounts().endedCount());
        BandProfile band = onlyBand(profile);
        assertEquals(total * 51L, band.allocateCount());
        assertEquals(total * 50L, band.freeCount());
        assertTrue(profile.cost().heldBytes() <= heldAfterFirstHundred * 1.2, "" + profile.cost());
        assertTrue(profile.threads().size() <= 65, "" + profile.threads().size());
        assertEquals(
                total * 51L,
                profile.threads().stream()
                        .mapToLong(ThreadSummary::allocateCount)
                        .sum());
        assertEquals(
                total * 51L,
                profile.threads().stream()
                        .mapToLong(thread -> thread.sizes().getTotalCount())
                        .sum());
    }

    @Test
    void eachThreadHasItsOwnSizesAndLifetimes() throws InterruptedException {
        long[] sizes = {24, 64, 1000, 5000};
        for (long byteSize : sizes) {
            Thread worker = start(() -> {
                Thread.currentThread().setName("of " + byteSize);
                ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
                for (int i = 1; i <= 1000; i++) {
                    current.allocated(ENTRY, byteSize << 20 | i * 16L, byteSize);
                    if (i > 10) {
                        current.freed(ENTRY, byteSize << 20 | (i - 10) * 16L);
                    }
                }
            });
            worker.join();
        }
        assertNull(failure.get());
        for (long byteSize : sizes) {
            ThreadSummary worker = RecorderTest.profileOf(recorder).threads().stream()
                    .filter(thread -> thread.name().equals("of " + byteSize))
                    .findFirst()
                    .orElseThrow();
            assertEquals(1000, worker.sizes().getTotalCount());
            assertEquals(1.0, (double) worker.sizes().getValueAtPercentile(50) / byteSize, 0.25);
            assertEquals(990, worker.lifetimeBytes().getTotalCount());
            assertEquals(10.0, (double) worker.lifetimeBytes().getValueAtPercentile(50) / byteSize, 7);
        }
    }

    @Test
    void turnsAreCounted() throws InterruptedException {
        assertTurns(recorder, 0);
    }

    /** One block of sixty or so is looked at. That two threads take turns in order, none of them short, is not what the estimate expects. */
    @Test
    void turnsAreEstimatedFromBlocksThatTheSamplerPicks() throws InterruptedException {
        assertTurns(new Recorder(RecorderOptions.sampled(), new NoStacks()), 0.3);
    }

    private void assertTurns(Recorder recorder, double tolerance) throws InterruptedException {
        Exchanger<Boolean> handover = new Exchanger<>();
        Thread first = start(() -> takeTurns(recorder, "first", 1000, handover));
        Thread second = start(() -> {
            exchange(handover);
            takeTurns(recorder, "second", 500, handover);
        });
        first.join();
        exchange(handover);
        second.join();
        assertNull(failure.get());
        for (ThreadSummary thread : RecorderTest.profileOf(recorder).threads()) {
            long blocks = thread.name().equals("first") ? 1000 : 500;
            assertEquals(TURNS * blocks, thread.turns().eventCount());
            assertEquals(TURNS, (double) thread.turns().count(), tolerance * TURNS, thread.name());
        }
    }

    private static final int TURNS = 400;

    private static void takeTurns(Recorder recorder, String name, int blocks, Exchanger<Boolean> handover) {
        Thread.currentThread().setName(name);
        ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
        for (int turn = 0; turn < TURNS; turn++) {
            for (int i = 1; i <= blocks; i++) {
                current.allocated(ENTRY, i * 16L, 1000);
            }
            exchange(handover);
            if (turn < TURNS - 1) {
                exchange(handover);
            }
        }
    }

    private static void exchange(Exchanger<Boolean> handover) {
        try {
            handover.exchange(true);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void useAndLeave(int id) {
        ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= 50; i++) {
            long address = (id * 100L + i) * 16;
            current.allocated(ENTRY, address, 40, 8, 0);
            current.freed(ENTRY, address);
        }
        current.allocated(ENTRY, (id * 100L + 99) * 16, 40, 8, 0);
    }

    /** Answers allocations, bytes, frees, freed bytes, reallocations. */
    private long[] playProgram(int id) {
        ThreadRecorder current = recorder.threadRecorder(Thread.currentThread());
        SplittableRandom random = new SplittableRandom(id);
        long[] sums = new long[5];
        long[] sizes = new long[500];
        long[] addresses = new long[sizes.length];
        for (int i = 0; i < 100_000; i++) {
            int block = random.nextInt(sizes.length);
            long size = 1L + random.nextInt(5000);
            if (addresses[block] == 0) {
                addresses[block] = allocate(current, size, sums);
                sizes[block] = size;
            } else if (random.nextInt(4) == 0) {
                long token = current.beginReallocate(ENTRY, addresses[block]);
                long moved = 16L * nextAddress.getAndIncrement();
                current.endReallocate(ENTRY, token, addresses[block], moved, size);
                countFree(sums, sizes[block]);
                countAllocation(sums, size);
                sums[4]++;
                addresses[block] = moved;
                sizes[block] = size;
            } else {
                current.freed(ENTRY, addresses[block]);
                countFree(sums, sizes[block]);
                addresses[block] = 0;
            }
        }
        return sums;
    }

    private long allocate(ThreadRecorder current, long size, long[] sums) {
        long address = 16L * nextAddress.getAndIncrement();
        current.allocated(ENTRY, address, size, 8, 0);
        countAllocation(sums, size);
        return address;
    }

    private static void countAllocation(long[] sums, long size) {
        sums[0]++;
        sums[1] += size;
    }

    private static void countFree(long[] sums, long size) {
        sums[2]++;
        sums[3] += size;
    }

    private static void assertCounts(long[][] expected, Profile profile) {
        long[] sums = new long[5];
        for (long[] each : expected) {
            for (int i = 0; i < sums.length; i++) {
                sums[i] += each[i];
            }
        }
        EntryPointProfile entry = profile.entryPoint(UNSAFE).orElseThrow();
        assertEquals(sums[0], entry.allocateCount());
        assertEquals(sums[1], entry.allocateBytes());
        assertEquals(sums[2], entry.freeCount());
        assertEquals(sums[3], entry.freedBytes());
        assertEquals(
                sums[4],
                entry.bands().stream().mapToLong(BandProfile::reallocateCount).sum());
        assertEquals(sums[0], entry.sizes().getTotalCount());
        assertEquals(0, entry.unknownFreeCount());
        assertEquals(
                0,
                entry.bands().stream().mapToLong(BandProfile::remoteFreeCount).sum());
        for (BandProfile band : entry.bands()) {
            assertEquals(band.freeCount(), band.lifetimeBytes().getTotalCount());
            assertTrue(band.lifoFreeCount() + band.fifoFreeCount() + band.randomFreeCount() <= band.freeCount());
            assertTrue(band.peakLiveBytes() >= 0 && band.peakLiveBytes() <= entry.allocateBytes());
        }
        assertTrue(profile.peakLiveBytes() >= sums[1] - sums[3], "" + profile.peakLiveBytes());
    }

    private static BandProfile onlyBand(Profile profile) {
        List<BandProfile> bands = profile.entryPoint(UNSAFE).orElseThrow().bands();
        assertEquals(1, bands.size());
        return bands.getFirst();
    }

    private Thread start(Runnable work) {
        return Thread.ofPlatform()
                .uncaughtExceptionHandler((thread, e) -> failure.set(e))
                .start(work);
    }

    private static void put(BlockingQueue<Long> queue, long address) {
        try {
            queue.put(address);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
