// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class OffHeapMemoryTest {

    @Test
    void shouldZeroExactly() {
        try (Arena arena = Arena.ofConfined()) {
            long base = arena.allocate(3L << 20, 16).address();
            for (long size = 0; size < 9000; size = size < 200 ? size + 1 : size + 97) {
                checkZero(base, size);
            }
            checkZero(base, (1L << 20) + 24);
            checkZero(base, (2L << 20) + 8);
        }
    }

    private static void checkZero(long base, long byteSize) {
        OffHeapMemory.fill(base, byteSize + 32, (byte) 7);
        OffHeapMemory.zero(base + 16, byteSize);
        for (long i = 0; i < byteSize + 32; i++) {
            int expected = i < 16 || i >= 16 + byteSize ? 7 : 0;
            if (OffHeapMemory.readByte(base + i) != expected) {
                assertEquals(expected, OffHeapMemory.readByte(base + i), "byte " + (i - 16) + " of " + byteSize);
            }
        }
    }

    @Test
    void shouldCopyOverlappingRanges() {
        try (Arena arena = Arena.ofConfined()) {
            long base = arena.allocate(64, 16).address();
            for (int i = 0; i < 32; i++) {
                OffHeapMemory.writeByte(base + i, (byte) i);
            }
            OffHeapMemory.copy(base, base + 8, 32);
            for (int i = 0; i < 32; i++) {
                assertEquals(i, OffHeapMemory.readByte(base + 8 + i));
            }
        }
    }
}
