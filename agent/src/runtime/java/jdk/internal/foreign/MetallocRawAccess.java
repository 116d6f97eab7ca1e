// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import java.lang.foreign.MemorySegment;
import jdk.internal.misc.Unsafe;
import jdk.internal.vm.annotation.ForceInline;

/**
 * Single loads and stores at absolute addresses; any thread.
 *
 * <p>Takes the place of the allocators' own class of that name, which goes through segments.
 */
final class MetallocRawAccess {

    static final MemorySegment ALL = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private static final Unsafe UNSAFE = Unsafe.getUnsafe();

    private MetallocRawAccess() {}

    @ForceInline
    static long readLong(long address) {
        return UNSAFE.getLong(address);
    }

    @ForceInline
    static void writeLong(long address, long value) {
        UNSAFE.putLong(address, value);
    }

    @ForceInline
    static int readInt(long address) {
        return UNSAFE.getInt(address);
    }

    @ForceInline
    static void writeInt(long address, int value) {
        UNSAFE.putInt(address, value);
    }

    @ForceInline
    static byte readByte(long address) {
        return UNSAFE.getByte(address);
    }

    @ForceInline
    static void writeByte(long address, byte value) {
        UNSAFE.putByte(address, value);
    }
}
