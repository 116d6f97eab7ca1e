// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Single loads and stores at absolute addresses.
 *
 * <p>Nothing is checked, any thread. Public API reaches memory through a dozen methods one inside the other, more than the compiler
 * inlines where the caller is deep already; where internals may be used this class is replaced by one that needs one.
 */
final class RawAccess {

    /** All memory. */
    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

    private RawAccess() {}

    static long readLong(long address) {
        return ALL.get(LONG, address);
    }

    static void writeLong(long address, long value) {
        ALL.set(LONG, address, value);
    }

    static int readInt(long address) {
        return ALL.get(INT, address);
    }

    static void writeInt(long address, int value) {
        ALL.set(INT, address, value);
    }

    static byte readByte(long address) {
        return ALL.get(BYTE, address);
    }

    static void writeByte(long address, byte value) {
        ALL.set(BYTE, address, value);
    }
}
