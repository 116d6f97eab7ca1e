// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.FunctionDescriptor;
import java.lang.invoke.MethodHandle;

/** The operating system's calls on address space (Linux). */
final class VirtualMemory {

    private static final int PROT_NONE = 0;
    private static final int PROT_READ = 1;
    private static final int PROT_READ_WRITE = 3;
    /** MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE. */
    private static final int MAP_FLAGS = 0x02 | 0x20 | 0x4000;

    private static final long MAP_FAILED = -1L;
    private static final int MADV_DONTNEED = 4;
    private static final int MADV_HUGEPAGE = 14;
    private static final int SC_PAGESIZE = 30;

    private static final MethodHandle MMAP = Libc.link(
            "mmap", FunctionDescriptor.of(Libc.LONG, Libc.LONG, Libc.LONG, Libc.INT, Libc.INT, Libc.INT, Libc.LONG));
    private static final MethodHandle MPROTECT =
            Libc.link("mprotect", FunctionDescriptor.of(Libc.INT, Libc.LONG, Libc.LONG, Libc.INT));
    private static final MethodHandle MADVISE =
            Libc.link("madvise", FunctionDescriptor.of(Libc.INT, Libc.LONG, Libc.LONG, Libc.INT));
    private static final MethodHandle MUNMAP = Libc.link("munmap", FunctionDescriptor.ofVoid(Libc.LONG, Libc.LONG));

    private VirtualMemory() {}

    static long pageByteSize() {
        MethodHandle sysconf = Libc.link("sysconf", FunctionDescriptor.of(Libc.LONG, Libc.INT));
        try {
            return (long) sysconf.invokeExact(SC_PAGESIZE);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    /** Maps inaccessible address space; 0 where refused. */
    static long reserve(long byteSize) {
        try {
            long address = (long) MMAP.invokeExact(0L, byteSize, PROT_NONE, MAP_FLAGS, -1, 0L);
            return address == MAP_FAILED ? 0 : address;
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    static boolean makeAccessible(long address, long byteSize) {
        return protect(address, byteSize, PROT_READ_WRITE);
    }

    static boolean makeReadable(long address, long byteSize) {
        return protect(address, byteSize, PROT_READ);
    }

    static boolean makeInaccessible(long address, long byteSize) {
        return protect(address, byteSize, PROT_NONE);
    }

    private static boolean protect(long address, long byteSize, int protection) {
        try {
            return (int) MPROTECT.invokeExact(address, byteSize, protection) == 0;
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    /** Drops the pages; false where the system refuses (locked pages, for one). */
    static boolean discard(long address, long byteSize) {
        return advise(address, byteSize, MADV_DONTNEED);
    }

    /** Lets the system put large pages there; false where it has none. */
    static boolean adviseHugePages(long address, long byteSize) {
        return advise(address, byteSize, MADV_HUGEPAGE);
    }

    private static boolean advise(long address, long byteSize, int advice) {
        try {
            return (int) MADVISE.invokeExact(address, byteSize, advice) == 0;
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }

    static void unmap(long address, long byteSize) {
        try {
            MUNMAP.invokeExact(address, byteSize);
        } catch (Throwable e) {
            throw Libc.unexpected(e);
        }
    }
}
