// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Zeroes large pieces of private anonymous memory, but of them only the pages that have memory behind them: all others read as zero.
 *
 * <p>Any thread, on pieces that nobody else writes meanwhile. All is zeroed where the system does not tell (Linux does, in
 * {@code /proc/self/pagemap}) and before {@link #prepare}.
 */
/* Implementation notes
 *
 * A page of such a mapping holds something only when it is present or swapped out; the map of pages says both, in one bit each. Asking costs
 * some 2 microseconds for a mebibyte of which little is resident and up to 9 for one that is resident throughout; zeroing it costs 17 to 60,
 * and a fault for each page that was not there. So where the last piece was resident nearly throughout, the next ones are not asked about.
 */
public final class ResidentPages {

    /** Below it zeroing costs little more than asking. */
    public static final long MIN_BYTES = 256L << 10;

    private static final int O_RDONLY_CLOEXEC = 0x80000;
    private static final long ENTRY_BYTES = 8;
    private static final long PRESENT_OR_SWAPPED = 3L << 62;

    /** Pages asked about at once, and as many buffers as threads that ask at one time; the others zero. */
    private static final int ENTRIES = 512;

    private static final int BUFFERS = 16;

    private static final long BUFFER_BYTES = ENTRIES * ENTRY_BYTES;

    /** What is resident to more than this share, in quarters, is zeroed as a whole from then on … */
    private static final int MOST_QUARTERS = 3;
    /** … so many times. */
    private static final int UNASKED = 15;

    private static final AtomicInteger TAKEN_BUFFERS = new AtomicInteger();

    private static boolean ready;
    private static int file;
    private static long buffers;
    private static long pageByteSize;
    // Racy: a hint.
    private static int unasked;

    private ResidentPages() {}

    /**
     * Links what is needed, and tries it.
     *
     * @param untouchedAddress of a page that was mapped and never touched
     */
    public static synchronized void prepare(long untouchedAddress, long pageBytes) {
        if (ready) {
            return;
        }
        file = PageMap.open();
        if (file < 0) {
            return;
        }
        buffers = Arena.global().allocate(BUFFERS * BUFFER_BYTES, ENTRY_BYTES).address();
        pageByteSize = pageBytes;
        ready = isResident(buffers) && !isResident(untouchedAddress);
    }

    static boolean isResident(long address) {
        return PageMap.read(file, buffers, ENTRY_BYTES, address / pageByteSize * ENTRY_BYTES) == ENTRY_BYTES
                && (OffHeapMemory.readLong(buffers) & PRESENT_OR_SWAPPED) != 0;
    }

    /** Makes {@code byteSize} bytes zero. */
    public static void zero(long address, long byteSize) {
        if (byteSize < MIN_BYTES || !ready) {
            OffHeapMemory.zero(address, byteSize);
        } else {
            zeroLarge(address, byteSize);
        }
    }

    private static void zeroLarge(long address, long byteSize) {
        int left = unasked;
        if (left > 0) {
            unasked = left - 1;
            OffHeapMemory.zero(address, byteSize);
            return;
        }
        int buffer = takeBuffer();
        if (buffer < 0) {
            OffHeapMemory.zero(address, byteSize);
            return;
        }
        try {
            long end = address + byteSize;
            long firstPage = (address + pageByteSize - 1) & -pageByteSize;
            long endPage = end & -pageByteSize;
            OffHeapMemory.zero(address, firstPage - address);
            OffHeapMemory.zero(endPage, end - endPage);
            long zeroed = zeroResident(firstPage, endPage, buffers + buffer * BUFFER_BYTES);
            if (zeroed * 4 > byteSize * MOST_QUARTERS) {
                unasked = UNASKED;
            }
        } finally {
            TAKEN_BUFFERS.addAndGet(-(1 << buffer));
        }
    }

    private static int takeBuffer() {
        int taken;
        int buffer;
        do {
            taken = TAKEN_BUFFERS.get();
            buffer = Integer.numberOfTrailingZeros(~taken);
            if (buffer >= BUFFERS) {
                return -1;
            }
        } while (!TAKEN_BUFFERS.compareAndSet(taken, taken | 1 << buffer));
        return buffer;
    }

    /** Zeroes whole pages as far as they are resident; answers how many bytes that were. */
    private static long zeroResident(long firstPage, long endPage, long buffer) {
        long zeroed = 0;
        long page = firstPage;
        while (page < endPage) {
            long count = Math.min(ENTRIES, (endPage - page) / pageByteSize);
            if (PageMap.read(file, buffer, count * ENTRY_BYTES, page / pageByteSize * ENTRY_BYTES)
                    != count * ENTRY_BYTES) {
                OffHeapMemory.zero(page, endPage - page);
                return zeroed + (endPage - page);
            }
            zeroed += zeroRuns(page, (int) count, buffer);
            page += count * pageByteSize;
        }
        return zeroed;
    }

    /** Pages that follow each other are zeroed at one go. */
    private static long zeroRuns(long page, int count, long entries) {
        long zeroed = 0;
        long start = page;
        for (int i = 0; i < count; i++) {
            long here = page + i * pageByteSize;
            if ((OffHeapMemory.readLong(entries + i * ENTRY_BYTES) & PRESENT_OR_SWAPPED) == 0) {
                zeroed += zeroRun(start, here);
                start = here + pageByteSize;
            }
        }
        return zeroed + zeroRun(start, page + count * pageByteSize);
    }

    private static long zeroRun(long start, long end) {
        OffHeapMemory.zero(start, end - start);
        return end - start;
    }

    /** The system's map of the process's pages: a word for each. */
    private static final class PageMap {

        private static final MemorySegment PREAD = Libc.symbol("pread");

        /** A descriptor, or what is below 0. */
        static int open() {
            try (Arena arena = Arena.ofConfined()) {
                MemorySegment path = arena.allocateFrom("/proc/self/pagemap");
                return (int) Libc.call(Libc.symbol("open"), path.address(), O_RDONLY_CLOEXEC, 0);
            }
        }

        static long read(int file, long buffer, long byteSize, long offset) {
            return Libc.call(PREAD, file, buffer, byteSize, offset, 0, 0);
        }
    }
}
