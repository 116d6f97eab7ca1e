// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes for an allocator's own records, zero until they are written, of which only the pages written have memory.
 *
 * <p>Any byte may be read at any time, by any thread; {@link #makeWritable} and {@link #discard} are confined. Lifetime:
 * until {@link #release()}. Where no address space was to be had there are no bytes at all.
 */
/* Implementation notes
 *
 * Readable pages that were never written share the system's page of zeros and count against no limit, not even where the
 * system does not overcommit; so writing is allowed step by step.
 */
public final class RecordBytes {

    /** None at all. */
    public static final RecordBytes NONE = new RecordBytes(0, 0);

    private static final long STEP_BYTES = 1L << 20;
    private static final long PAGE_BYTES = VirtualMemory.pageByteSize();

    /** Of all there are in the process: how far each was to be written, in whole pages. */
    private static final AtomicLong REACHED_BYTES = new AtomicLong();

    private final long address;
    private final long byteSize;
    private long writableBytes;
    private long reachedBytes;

    private RecordBytes(long address, long byteSize) {
        this.address = address;
        this.byteSize = byteSize;
    }

    /** Reserves at least {@code byteSize} bytes, or {@link #NONE} where the system refuses. */
    public static RecordBytes reserve(long byteSize) {
        long whole = byteSize + PAGE_BYTES - 1 & -PAGE_BYTES;
        long address = whole == 0 ? 0 : VirtualMemory.reserve(whole);
        if (address == 0) {
            return NONE;
        }
        if (!VirtualMemory.makeReadable(address, whole)) {
            VirtualMemory.unmap(address, whole);
            return NONE;
        }
        return new RecordBytes(address, whole);
    }

    public long address() {
        return address;
    }

    public long byteSize() {
        return byteSize;
    }

    /** How far it was to be written, in whole pages: at most so many bytes of memory does it take. */
    public long reachedBytes() {
        return reachedBytes;
    }

    /** At most so many bytes of memory do all records of the process take that are still reserved: pages not written are counted, too. */
    public static long reachedBytesOfAll() {
        return REACHED_BYTES.get();
    }

    /** Sees to it that the first {@code end} bytes may be written; false where the system refuses. */
    public boolean makeWritable(long end) {
        reach(end);
        if (end <= writableBytes) {
            return true;
        }
        long wanted = Math.min(byteSize, end + STEP_BYTES - 1 & -STEP_BYTES);
        if (end > wanted || !VirtualMemory.makeAccessible(address + writableBytes, wanted - writableBytes)) {
            return false;
        }
        writableBytes = wanted;
        return true;
    }

    private void reach(long end) {
        if (end > reachedBytes) {
            long reached = Math.min(byteSize, end + PAGE_BYTES - 1 & -PAGE_BYTES);
            REACHED_BYTES.addAndGet(reached - reachedBytes);
            reachedBytes = reached;
        }
    }

    /** Gives back the pages that lie wholly between two offsets, whose bytes must be zero. */
    public void discard(long from, long to) {
        long first = from + PAGE_BYTES - 1 & -PAGE_BYTES;
        long end = to & -PAGE_BYTES;
        if (first < end) {
            // Where the system refuses the bytes are zero all the same.
            VirtualMemory.discard(address + first, end - first);
        }
    }

    /** Gives the address space back; no byte must be read any more. */
    public void release() {
        if (byteSize != 0) {
            VirtualMemory.unmap(address, byteSize);
            REACHED_BYTES.addAndGet(-reachedBytes);
            reachedBytes = 0;
        }
    }
}
