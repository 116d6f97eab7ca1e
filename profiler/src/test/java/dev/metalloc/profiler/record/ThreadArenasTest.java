// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPoint;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;

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
