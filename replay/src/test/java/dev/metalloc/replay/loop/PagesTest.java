// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PagesTest {

    private static final int PAGE_BYTES = 4096;
    private static final int LINE_BYTES = 64;
    private static final int PAGES = 80;

    /** Where bytes were written, from the beginning of zeroed memory that begins with a page. */
    private static Set<Integer> written(long from, long byteSize) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment memory = arena.allocate((long) PAGES * PAGE_BYTES, PAGE_BYTES);
            Pages.touch(memory.address() + from, byteSize);
            Set<Integer> offsets = new HashSet<>();
            for (int i = 0; i < PAGES * PAGE_BYTES; i++) {
                if (memory.get(ValueLayout.JAVA_BYTE, i) != 0) {
                    offsets.add(i);
                }
            }
            return offsets;
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 16, 4000, 4096, 4097, 5000, 8192, 65_536, 262_143})
    void shouldWriteOnceIntoEachPageOfABlockAndNowhereElse(long byteSize) {
        for (long from : new long[] {0, 16, 4080, 4095}) {
            Set<Integer> pages = new HashSet<>();
            for (int offset : written(from, byteSize)) {
                assertTrue(offset >= from && offset < from + byteSize, "outside: " + offset);
                assertTrue(pages.add(offset / PAGE_BYTES), "twice: " + offset);
            }
            assertEquals((from + byteSize - 1) / PAGE_BYTES - from / PAGE_BYTES + 1, pages.size());
        }
    }

    @Test
    void shouldWriteIntoNoBlockOfNoBytes() {
        assertEquals(Set.of(), written(64, 0));
    }

    @Test
    void shouldWriteIntoAsManyLinesAsThereAre() {
        Set<Integer> lines = new HashSet<>();
        written(0, (1L + PAGE_BYTES / LINE_BYTES) * PAGE_BYTES)
                .forEach(offset -> lines.add(offset % PAGE_BYTES / LINE_BYTES));
        assertEquals(PAGE_BYTES / LINE_BYTES, lines.size());
    }
}
