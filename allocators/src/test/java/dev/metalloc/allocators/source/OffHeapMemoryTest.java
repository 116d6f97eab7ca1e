// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class OffHeapMemoryTest {

    @Test
    void shouldZeroExactly() {
        checkZeroing(OffHeapMemory::zero);
    }

    @Test
    void shouldZeroExactlyWithoutMemset() {
        checkZeroing(OffHeapMemory::zeroByLoop);
    }

    private interface Zeroing {
        void zero(long address, long byteSize);
    }

    private static void checkZeroing(Zeroing zeroing) {
        try (Arena arena = Arena.ofConfined()) {
            long base = arena.allocate(3L << 20, 16).address();
            for (long size = 0; size < 9000; size = size < 300 ? size + 1 : size + 97) {
                checkZero(zeroing, base, size);
            }
            checkZero(zeroing, base, (1L << 20) + 24);
            checkZero(zeroing, base, (2L << 20) + 8);
        }
    }

    private static void checkZero(Zeroing zeroing, long base, long byteSize) {
        OffHeapMemory.fill(base, byteSize + 32, (byte) 7);
        zeroing.zero(base + 16, byteSize);
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
            long base = arena.allocate(512, 16).address();
            for (int byteSize = 0; byteSize <= 130; byteSize++) {
                for (int shift = -70; shift <= 70; shift++) {
                    checkCopy(base, byteSize, shift);
                }
            }
        }
    }

    private static void checkCopy(long base, int byteSize, int shift) {
        for (int i = 0; i < 512; i++) {
            OffHeapMemory.writeByte(base + i, (byte) i);
        }
        long from = base + 128;
        long to = from + shift;
        OffHeapMemory.copy(from, to, byteSize);
        for (int i = 0; i < 512; i++) {
            long at = base + i;
            byte expected = (byte) (at >= to && at < to + byteSize ? i - shift : i);
            if (OffHeapMemory.readByte(at) != expected) {
                assertEquals(expected, OffHeapMemory.readByte(at), byteSize + " bytes by " + shift + ": byte " + i);
            }
        }
    }
}
