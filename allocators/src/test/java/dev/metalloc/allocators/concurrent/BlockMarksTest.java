// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class BlockMarksTest {

    private final BlockMarks marks = new BlockMarks();

    @Test
    void shouldKeepAMarkForEach16Bytes() {
        long[] addresses = {16, 32, 0xfff0, 0x10000, (1L << 34) - 16, 1L << 34, (1L << 47) - 16};
        for (int i = 0; i < addresses.length; i++) {
            marks.set(addresses[i], (byte) (i + 1));
        }
        for (int i = 0; i < addresses.length; i++) {
            assertEquals(i + 1, marks.of(addresses[i]));
            assertEquals(0, marks.of(addresses[i] + 1));
        }
        assertEquals(0, marks.of(48));
        assertEquals(0, marks.of(0x20000));
    }

    @Test
    void shouldKnowNothingOfWhatIsNoAddress() {
        for (long address : new long[] {0, -16, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 48}) {
            assertEquals(0, marks.of(address));
            assertFalse(marks.change(address, (byte) 0, (byte) 1));
        }
    }

    @Test
    void shouldChangeOnce() {
        marks.set(64, (byte) 3);
        assertTrue(marks.change(64, (byte) 3, (byte) -3));
        assertFalse(marks.change(64, (byte) 3, (byte) -3));
        assertEquals(-3, marks.of(64));
    }
}
