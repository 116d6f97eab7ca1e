// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.ArenaShapes;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class ThreadArenasTest {
    private final Recorder recorder = new Recorder(RecorderOptions.sampled(), new NoStacks());
    private final ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());

    @Test
    void handleFindsItsRecordUntilTheArenaIsClosed() {
        int handle = thread.openConfinedHandle();
        ArenaRecord record = Objects.requireNonNull(thread.confinedArena(handle));
        for (int lowBits = 0; lowBits < 16; lowBits++) {
            assertSame(record, thread.confinedArena(handle + lowBits), "what others count there has no meaning");
        }
        record.closed(thread);
        assertNull(thread.confinedArena(handle));
    }

    @Test
    void recordOfAClosedArenaServesAnotherUnderAnotherHandle() {
        int first = thread.openConfinedHandle();
        ArenaRecord record = Objects.requireNonNull(thread.confinedArena(first));
        record.closed(thread);
        int second = thread.openConfinedHandle();
        assertNotEquals(first, second);
        assertSame(record, thread.confinedArena(second));
        assertNull(thread.confinedArena(first), "out of date");
    }

    @Test
    void numbersThatAreNoHandlesFindNothing() {
        thread.openConfinedHandle();
        for (int number : new int[] {0, 1, 15, 16, 1 << 20, Integer.MAX_VALUE}) {
            assertNull(thread.confinedArena(number), "" + number);
        }
    }

    /** Most arenas are the only one and counted in a quicker way than others; it must not show. */
    @Test
    void openingsClosingsAndTheirOrderAreExact() {
        SplittableRandom random = new SplittableRandom(11);
        List<ArenaRecord> open = new ArrayList<>(); // in the order of their opening
        List<ArenaRecord> shared = new ArrayList<>();
        long opened = 0;
        long closed = 0;
        long nested = 0;
        long sharedNested = 0;
        long outOfOrder = 0;
        long mostOpen = 0;
        for (int i = 0; i < 100_000; i++) {
            int kind = random.nextInt(20);
            if (kind == 0) {
                sharedNested += open.isEmpty() ? 0 : 1;
                shared.add(thread.openArena(EntryPoint.ARENA_SHARED.ordinal()));
            } else if (kind == 1 && !shared.isEmpty()) {
                shared.removeLast().closed(thread);
            } else if (open.isEmpty() || (open.size() < 4 && kind < 6)) {
                nested += open.isEmpty() ? 0 : 1;
                open.add(Objects.requireNonNull(thread.confinedArena(thread.openConfinedHandle())));
                opened++;
                mostOpen = Math.max(mostOpen, open.size());
            } else if (kind < 10) {
                ArenaRecord record = open.get(random.nextInt(open.size()));
                assertSame(record, thread.confinedArena(record.handle()));
                if (!record.allocatedQuickly(64, 8, true)) {
                    record.allocated(thread, 64, 8, ThreadRecorder.ZEROED);
                }
            } else {
                int which = random.nextInt(4) > 0 ? open.size() - 1 : random.nextInt(open.size());
                outOfOrder += which == open.size() - 1 ? 0 : 1;
                open.remove(which).closed(thread);
                closed++;
            }
            if (i % 1_000 == 0 || i == 99_999) {
                Profile profile = RecorderTest.profileOf(recorder);
                if (opened > 0) {
                    ArenaShapes arenas = shapes(profile, EntryPoint.ARENA_CONFINED);
                    assertEquals(opened, arenas.openCount());
                    assertEquals(closed, arenas.closeCount());
                    assertEquals(nested, arenas.nestedOpenCount());
                    assertEquals(outOfOrder, arenas.outOfOrderCloseCount());
                    assertEquals(mostOpen, arenas.maxOpenCount());
                }
                if (i == 99_999) {
                    assertEquals(
                            sharedNested,
                            shapes(profile, EntryPoint.ARENA_SHARED).nestedOpenCount());
                }
            }
        }
    }

    private static ArenaShapes shapes(Profile profile, EntryPoint entryPoint) {
        return profile.entryPoint(entryPoint).orElseThrow().arenas();
    }

    @Test
    void arenasOpenAtOnceHaveDifferentRecordsAndNoMoreOfThemThanThereAreHandles() {
        Set<Integer> handles = new HashSet<>();
        List<ArenaRecord> records = new ArrayList<>();
        for (int i = 0; i < ThreadArenas.MAX_KEPT; i++) {
            int handle = thread.openConfinedHandle();
            assertTrue(handle >= 16 && handle < 1 << 30, "room for what others count");
            assertTrue(handles.add(handle));
            records.add(Objects.requireNonNull(thread.confinedArena(handle)));
        }
        assertEquals(ThreadArenas.MAX_KEPT, new HashSet<>(records).size());
        assertEquals(0, thread.openConfinedHandle(), "none left");
        ArenaRecord beyond = thread.openConfinedArena();
        assertNotNull(beyond, "an arena that holds its record itself");
        records.get(7).closed(thread);
        int handle = thread.openConfinedHandle();
        assertSame(records.get(7), thread.confinedArena(handle));
        assertNotSame(records.get(7), beyond);
        assertEquals(
                ThreadArenas.MAX_KEPT + 2,
                RecorderTest.profileOf(recorder)
                        .entryPoint(EntryPoint.ARENA_CONFINED)
                        .orElseThrow()
                        .arenas()
                        .openCount());
    }
}
