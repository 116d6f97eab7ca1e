// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.source.OffHeapMemory;

/** Fills blocks with a pattern that depends on a seed and the place in the block, and checks it to the byte. */
final class Contents {

    private Contents() {}

    static void write(long address, long byteSize, long seed) {
        long i = 0;
        for (; i + 8 <= byteSize; i += 8) {
            OffHeapMemory.writeLong(address + i, at(seed, i));
        }
        for (; i < byteSize; i++) {
            OffHeapMemory.writeByte(address + i, (byte) (at(seed, i & -8) >>> (8 * (i & 7))));
        }
    }

    static void check(long address, long byteSize, long seed) {
        long i = 0;
        for (; i + 8 <= byteSize; i += 8) {
            expect(at(seed, i), OffHeapMemory.readLong(address + i), i, byteSize);
        }
        for (; i < byteSize; i++) {
            expect((byte) (at(seed, i & -8) >>> (8 * (i & 7))), OffHeapMemory.readByte(address + i), i, byteSize);
        }
    }

    static void checkZero(long address, long byteSize) {
        long i = 0;
        for (; i + 8 <= byteSize; i += 8) {
            expect(0, OffHeapMemory.readLong(address + i), i, byteSize);
        }
        for (; i < byteSize; i++) {
            expect(0, OffHeapMemory.readByte(address + i), i, byteSize);
        }
    }

    private static void expect(long expected, long actual, long offset, long byteSize) {
        if (expected != actual) {
            throw new AssertionError("contents at " + offset + " of " + byteSize + ": " + Long.toHexString(actual)
                    + " (expected: " + Long.toHexString(expected) + ")");
        }
    }

    private static long at(long seed, long offset) {
        return (seed + 1) * 0x9E3779B97F4A7C15L + offset * 0x0101010101010101L;
    }
}
