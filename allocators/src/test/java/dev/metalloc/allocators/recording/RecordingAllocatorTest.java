// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.recording;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.recording.RecordedTrace.Event;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RecordingAllocatorTest {

    private final ByteArrayOutputStream file = new ByteArrayOutputStream();
    private final AtomicLong nanos = new AtomicLong();

    private RecordingAllocator recording(OffHeapAllocator inner) {
        return new RecordingAllocator(inner, new TraceWriter(file, Map.of()), nanos::get);
    }

    private List<Event> events() throws IOException {
        return new RecordedTrace(file.toByteArray()).events;
    }

    @Test
    void shouldRecordWhatTookEffectAndNothingElse() throws IOException {
        MmapChunkSource source = new MmapChunkSource(1L << 30);
        RecordingAllocator recording = recording(Allocators.create(AllocatorSpec.of("segregated"), source));
        long first = recording.allocate(100, 1);
        long second = recording.allocateZeroed(5000, 4096);
        assertEquals(OffHeapAllocator.NULL, recording.allocate(Long.MAX_VALUE, 1));
        assertEquals(FreeOutcome.NOT_A_BLOCK, recording.free(first + 16));
        assertEquals(OffHeapAllocator.NULL, recording.reallocate(first, Long.MAX_VALUE));
        assertNotEquals(OffHeapAllocator.NULL, recording.reallocate(first, 200));
        recording.validate();
        assertEquals(FreeOutcome.FREED, recording.free(second));
        assertEquals(FreeOutcome.ALREADY_FREE, recording.free(second));
        recording.close();
        source.close();
        assertEquals(
                List.of(
                        new Event(0, 0, -1, 100, 0),
                        new Event(0, 0, -1, 5000, 12 | 0x80),
                        new Event(2, 0, 0, 200, 0),
                        new Event(1, 0, 1, 0, 0)),
                events());
    }

    @Test
    void shouldTellTheTimeInTicks() throws IOException {
        RecordingAllocator recording = recording(new CountedBlocks(8));
        recording.allocate(1, 1);
        nanos.set(99_999);
        recording.allocate(2, 1);
        nanos.set(2_500_900);
        recording.allocate(3, 1);
        nanos.set(2_600_000);
        recording.allocate(4, 1);
        recording.close();
        // The 900 nanoseconds that the first tick left out count for the next.
        assertEquals(
                List.of(
                        new Event(0, 0, -1, 1, 0),
                        new Event(0, 0, -1, 2, 0),
                        new Event(3, 0, -1, 2500, 0),
                        new Event(0, 0, -1, 3, 0),
                        new Event(3, 0, -1, 100, 0),
                        new Event(0, 0, -1, 4, 0)),
                events());
    }

    @Test
    void shouldNumberThreadsAsTheyAppear() throws Exception {
        RecordingAllocator recording = recording(new CountedBlocks(8));
        Thread.ofPlatform().start(() -> recording.allocate(1, 1)).join();
        Thread.ofVirtual().start(() -> recording.allocate(2, 1)).join();
        recording.allocate(3, 1);
        recording.close();
        assertEquals(List.of(0L, 1L, 2L), events().stream().map(Event::thread).toList());
    }

    /** A free stands before the allocation that reuses its memory, whoever frees and whoever allocates. */
    @Test
    void shouldRecordManyThreadsInAnOrderThatCanBeReplayed() throws Exception {
        int blocks = 4;
        RecordingAllocator recording = recording(new CountedBlocks(blocks));
        AtomicLong shared = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            Random random = new Random(i);
            threads.add(Thread.ofPlatform().start(() -> exchange(recording, shared, random)));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        recording.validate();
        recording.close();
        Set<Long> live = new HashSet<>();
        long nextId = 0;
        for (Event event : events()) {
            if (event.id() >= 0) {
                assertTrue(live.remove(event.id()), "ends a live block: " + event);
            }
            if (event.operation() == 0 || event.operation() == 2) {
                live.add(nextId++);
            }
            assertTrue(live.size() <= blocks, "block live twice at " + event);
        }
        assertTrue(nextId > 10_000, "events: " + nextId);
    }

    private static void exchange(RecordingAllocator recording, AtomicLong shared, Random random) {
        for (int i = 0; i < 20_000; i++) {
            long mine = recording.allocate(16, 1);
            if (mine != OffHeapAllocator.NULL && random.nextBoolean()) {
                long moved = recording.reallocate(mine, 32);
                mine = moved == OffHeapAllocator.NULL ? mine : moved;
            }
            long other = shared.getAndSet(mine);
            if (other != OffHeapAllocator.NULL) {
                recording.free(other);
            }
        }
    }

    @Test
    void shouldRefuseAnAllocatorInUse() {
        OffHeapAllocator used = new CountedBlocks(2);
        used.allocate(1, 1);
        IllegalArgumentException e = assertThrows(IllegalArgumentException.class, () -> recording(used));
        assertEquals("inner: 1 live blocks (expected: none, to record them all)", e.getMessage());
    }

    @Test
    void shouldNoticeBlocksFreedBehindItsBack() {
        CountedBlocks inner = new CountedBlocks(2);
        RecordingAllocator recording = recording(inner);
        inner.free(recording.allocate(1, 1));
        IllegalStateException e = assertThrows(IllegalStateException.class, recording::validate);
        assertEquals("recording: broken: live blocks of the trace == live blocks inside", e.getMessage());
    }
}
