// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * Reads, writes, zeroes and copies memory at absolute addresses.
 *
 * <p>Nothing is checked: an address that is not mapped ends the JVM. Any thread.
 */
public final class OffHeapMemory {

    /** Up to here stores without a loop beat a loop. */
    private static final long UNROLLED_LIMIT = 64;
    /** Up to here a compiled loop is as fast as memset, without the cost of a call. */
    private static final long LOOP_LIMIT = 4096;
    /** A critical call holds up safepoints: one piece takes some 15 to 100 microseconds. */
    private static final long MEMSET_PIECE = 1L << 20;

    private OffHeapMemory() {}

    public static long readLong(long address) {
        return RawAccess.readLong(address);
    }

    public static void writeLong(long address, long value) {
        RawAccess.writeLong(address, value);
    }

    public static int readInt(long address) {
        return RawAccess.readInt(address);
    }

    public static void writeInt(long address, int value) {
        RawAccess.writeInt(address, value);
    }

    public static byte readByte(long address) {
        return RawAccess.readByte(address);
    }

    public static void writeByte(long address, byte value) {
        RawAccess.writeByte(address, value);
    }

    /** Zeroes exactly {@code byteSize} bytes. */
    public static void zero(long address, long byteSize) {
        long whole = byteSize & -16L;
        if (whole != 0) {
            zeroGranules(address, whole);
        }
        for (long i = whole; i < byteSize; i++) {
            writeByte(address + i, (byte) 0);
        }
    }

    /** Zeroes {@code byteSize} bytes, a multiple of 16 and at least 16. */
    public static void zeroGranules(long address, long byteSize) {
        if (byteSize <= UNROLLED_LIMIT) {
            zeroUnrolled(address, byteSize);
        } else if (byteSize <= LOOP_LIMIT) {
            zeroLoop(address, (int) (byteSize >>> 3));
        } else {
            zeroLarge(address, byteSize);
        }
    }

    private static void zeroUnrolled(long address, long byteSize) {
        zeroGranule(address);
        if (byteSize > 16) {
            zeroGranule(address + 16);
            if (byteSize > 32) {
                zeroGranule(address + 32);
                if (byteSize > 48) {
                    zeroGranule(address + 48);
                }
            }
        }
    }

    private static void zeroGranule(long address) {
        RawAccess.writeLong(address, 0L);
        RawAccess.writeLong(address + 8, 0L);
    }

    private static void zeroLoop(long address, int longs) {
        for (int i = 0; i < longs; i++) {
            RawAccess.writeLong(address + ((long) i << 3), 0L);
        }
    }

    private static void zeroLarge(long address, long byteSize) {
        for (long done = 0; done < byteSize; done += MEMSET_PIECE) {
            Memset.call(address + done, 0, Math.min(MEMSET_PIECE, byteSize - done));
        }
    }

    /** Sets {@code byteSize} bytes to {@code value}. */
    public static void fill(long address, long byteSize, byte value) {
        RawAccess.ALL.asSlice(address, byteSize).fill(value);
    }

    /** Copies bytes between ranges that may overlap. */
    public static void copy(long from, long to, long byteSize) {
        MemorySegment.copy(RawAccess.ALL, from, RawAccess.ALL, to, byteSize);
    }

    /** Linked only when the first large block is zeroed. */
    private static final class Memset {
        private static final MethodHandle MEMSET =
                Libc.linkCritical("memset", FunctionDescriptor.ofVoid(Libc.LONG, Libc.INT, Libc.LONG));

        static void call(long address, int value, long byteSize) {
            try {
                MEMSET.invokeExact(address, value, byteSize);
            } catch (Throwable e) {
                throw Libc.unexpected(e);
            }
        }
    }
}
