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

    /** Up to here stores without a loop beat a call of memset, which stores 32 bytes at once where a compiled loop may do 8. */
    private static final long UNROLLED_LIMIT = 256;
    /** A critical call holds up safepoints: one piece takes some 15 to 100 microseconds. */
    private static final long MEMSET_PIECE = 1L << 20;

    // Racy: whoever does not see it yet finds out itself.
    private static boolean isMemsetBroken;

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
        if (byteSize > UNROLLED_LIMIT) {
            zeroLarge(address, byteSize);
        } else {
            zeroSmall(address, byteSize);
        }
    }

    private static void zeroSmall(long address, long byteSize) {
        long whole = byteSize & -16L;
        if (whole != 0) {
            zeroUnrolled(address, whole);
        }
        zeroBytes(address + whole, byteSize - whole);
    }

    private static void zeroBytes(long address, long byteSize) {
        for (long i = 0; i < byteSize; i++) {
            writeByte(address + i, (byte) 0);
        }
    }

    /** Zeroes {@code byteSize} bytes, a multiple of 16 and at least 16. */
    public static void zeroGranules(long address, long byteSize) {
        if (byteSize > UNROLLED_LIMIT) {
            zeroLarge(address, byteSize);
        } else {
            zeroUnrolled(address, byteSize);
        }
    }

    /** From both ends towards the middle, where the stores overlap: a test for each doubling and none for each size. */
    private static void zeroUnrolled(long address, long byteSize) {
        long end = address + byteSize;
        if (byteSize <= 32) {
            zeroGranule(address);
            zeroGranule(end - 16);
        } else if (byteSize <= 64) {
            zeroHalfLine(address);
            zeroHalfLine(end - 32);
        } else if (byteSize <= 128) {
            zeroLine(address);
            zeroLine(end - 64);
        } else {
            zeroLine(address);
            zeroLine(address + 64);
            zeroLine(end - 128);
            zeroLine(end - 64);
        }
    }

    private static void zeroLine(long address) {
        zeroHalfLine(address);
        zeroHalfLine(address + 32);
    }

    private static void zeroHalfLine(long address) {
        zeroGranule(address);
        zeroGranule(address + 16);
    }

    private static void zeroGranule(long address) {
        RawAccess.writeLong(address, 0L);
        RawAccess.writeLong(address + 8, 0L);
    }

    private static void zeroLarge(long address, long byteSize) {
        if (!isMemsetBroken) {
            try {
                for (long done = 0; done < byteSize; done += MEMSET_PIECE) {
                    Memset.call(address + done, 0, Math.min(MEMSET_PIECE, byteSize - done));
                }
                return;
            } catch (NoClassDefFoundError e) {
                // Its class was first wanted at the end of some thread's stack, or of the heap, and stays broken.
                isMemsetBroken = true;
            }
        }
        zeroByLoop(address, byteSize);
    }

    static void zeroByLoop(long address, long byteSize) {
        long whole = byteSize & -16L;
        for (long i = 0; i < whole; i += 16) {
            zeroGranule(address + i);
        }
        zeroBytes(address + whole, byteSize - whole);
    }

    /** Sets {@code byteSize} bytes to {@code value}. */
    public static void fill(long address, long byteSize, byte value) {
        RawAccess.ALL.asSlice(address, byteSize).fill(value);
    }

    /** Copies bytes between ranges that may overlap. */
    public static void copy(long from, long to, long byteSize) {
        if (byteSize < 16 || byteSize > 64) {
            MemorySegment.copy(RawAccess.ALL, from, RawAccess.ALL, to, byteSize);
        } else if (byteSize <= 32) {
            copyEnds(from, to, byteSize - 16);
        } else {
            copyHalves(from, to, byteSize - 32);
        }
    }

    /** Copies 16 bytes at the start and 16 at an offset, all loaded before any is stored. */
    private static void copyEnds(long from, long to, long offset) {
        long first0 = readLong(from);
        long first1 = readLong(from + 8);
        long last0 = readLong(from + offset);
        long last1 = readLong(from + offset + 8);
        writeLong(to, first0);
        writeLong(to + 8, first1);
        writeLong(to + offset, last0);
        writeLong(to + offset + 8, last1);
    }

    /** As {@link #copyEnds}, with 32 bytes each. */
    private static void copyHalves(long from, long to, long offset) {
        long last0 = readLong(from + offset);
        long last1 = readLong(from + offset + 8);
        long last2 = readLong(from + offset + 16);
        long last3 = readLong(from + offset + 24);
        copyEnds(from, to, 16);
        writeLong(to + offset, last0);
        writeLong(to + offset + 8, last1);
        writeLong(to + offset + 16, last2);
        writeLong(to + offset + 24, last3);
    }

    /** Linked only when the first block above {@link #UNROLLED_LIMIT} is zeroed. */
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
