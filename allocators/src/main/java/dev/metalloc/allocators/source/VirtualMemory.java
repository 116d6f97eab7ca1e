// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.MemorySegment;

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

    private static final MemorySegment MMAP = Libc.symbol("mmap");
    private static final MemorySegment MPROTECT = Libc.symbol("mprotect");
    private static final MemorySegment MADVISE = Libc.symbol("madvise");
    private static final MemorySegment MUNMAP = Libc.symbol("munmap");

    private VirtualMemory() {}

    static long pageByteSize() {
        return Libc.call(Libc.symbol("sysconf"), SC_PAGESIZE, 0, 0);
    }

    /** Maps inaccessible address space; 0 where refused. */
    static long reserve(long byteSize) {
        long address = Libc.call(MMAP, 0, byteSize, PROT_NONE, MAP_FLAGS, -1, 0);
        return address == MAP_FAILED ? 0 : address;
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
        return (int) Libc.call(MPROTECT, address, byteSize, protection) == 0;
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
        return (int) Libc.call(MADVISE, address, byteSize, advice) == 0;
    }

    static void unmap(long address, long byteSize) {
        Libc.call(MUNMAP, address, byteSize, 0);
    }
}
