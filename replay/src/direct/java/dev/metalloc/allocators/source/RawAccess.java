// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.MemorySegment;
import jdk.internal.misc.Unsafe;

/**
 * Single loads and stores at absolute addresses; any thread.
 *
 * <p>Takes the place of the allocators' own class of that name where the JVM exports its internals, as the agent's does inside
 * {@code java.base}: so that what is timed is what an application will run.
 */
final class RawAccess {

    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final Unsafe UNSAFE = Unsafe.getUnsafe();

    private RawAccess() {}

    static long readLong(long address) {
        return UNSAFE.getLong(address);
    }

    static void writeLong(long address, long value) {
        UNSAFE.putLong(address, value);
    }

    static int readInt(long address) {
        return UNSAFE.getInt(address);
    }

    static void writeInt(long address, int value) {
        UNSAFE.putInt(address, value);
    }

    static byte readByte(long address) {
        return UNSAFE.getByte(address);
    }

    static void writeByte(long address, byte value) {
        UNSAFE.putByte(address, value);
    }
}
