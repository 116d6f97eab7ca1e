// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import dev.metalloc.allocators.layout.Sizes;

/**
 * One reservation cut into spans, each committed when it is first needed and purged as a whole.
 *
 * <p>Confined: its allocator sees to it that one thread at a time calls. {@link #owns} may be called by any thread.
 * Where no address space was to be had the region is empty: it owns nothing and commits nothing.
 */
/* Implementation notes
 *
 * A span is committed or not; a span that is not committed reads as zero once it is. Hence the zero contract of large
 * blocks: zero the spans that were committed already, and nothing else.
 *
 * Invariants: committedBytes == spanBytes * |committed spans|
 */
public final class ReservedRegion {

    private final ChunkSource source;
    private final long base;
    private final long byteSize;
    private final int spanShift;
    private final long[] committed;
    private long committedSpans;
    private long peakCommittedSpans;

    private ReservedRegion(ChunkSource source, long base, long byteSize, int spanShift) {
        this.source = source;
        this.base = base;
        this.byteSize = byteSize;
        this.spanShift = spanShift;
        this.committed = new long[(int) (((byteSize >>> spanShift) + 63) >>> 6)];
    }

    /**
     * Reserves {@code byteSize} bytes, or the largest half, quarter … of it that can be had, down to {@code leastBytes}.
     *
     * @param spanBytes a power of two, and a multiple of the page size
     */
    public static ReservedRegion reserve(
            ChunkSource source, long byteSize, long leastBytes, long byteAlignment, long spanBytes) {
        int spanShift = Sizes.log2(spanBytes);
        for (long wanted = Sizes.alignUp(byteSize, spanBytes); wanted >= leastBytes; ) {
            long base = source.reserve(wanted, Math.max(byteAlignment, spanBytes));
            if (base != 0) {
                return new ReservedRegion(source, base, wanted, spanShift);
            }
            wanted = wanted / 2 & -spanBytes;
            if (wanted == 0) {
                break;
            }
        }
        return new ReservedRegion(source, 0, 0, spanShift);
    }

    public long base() {
        return base;
    }

    public long byteSize() {
        return byteSize;
    }

    public boolean owns(long address) {
        return Long.compareUnsigned(address - base, byteSize) < 0;
    }

    public long committedBytes() {
        return committedSpans << spanShift;
    }

    public long peakCommittedBytes() {
        return peakCommittedSpans << spanShift;
    }

    /**
     * Sees to it that memory is behind the bytes from offset {@code from} to {@code to}, multiples of 16, and, where
     * asked, that they are zero.
     *
     * @return false where the source refuses; what was committed until then stays so
     */
    public boolean commit(long from, long to, boolean zeroed) {
        int span = (int) (from >>> spanShift);
        if (span == (int) ((to - 1) >>> spanShift) && isCommitted(span)) {
            if (zeroed) {
                OffHeapMemory.zeroGranules(base + from, to - from);
            }
            return true;
        }
        return commitSpans(from, to, zeroed);
    }

    private boolean commitSpans(long from, long to, boolean zeroed) {
        int last = (int) ((to - 1) >>> spanShift);
        for (int first = (int) (from >>> spanShift); first <= last; ) {
            boolean isCommitted = isCommitted(first);
            int end = runEnd(first, last, isCommitted);
            if (!isCommitted) {
                if (!source.commit(base + ((long) first << spanShift), (long) (end - first) << spanShift)) {
                    return false;
                }
                mark(first, end, true);
            } else if (zeroed) {
                long start = Math.max(from, (long) first << spanShift);
                OffHeapMemory.zeroGranules(base + start, Math.min(to, (long) end << spanShift) - start);
            }
            first = end;
        }
        return true;
    }

    /** Purges the spans that lie wholly between two offsets; returns the bytes given back. */
    public long purge(long from, long to) {
        int first = (int) ((from + (1L << spanShift) - 1) >>> spanShift);
        int last = (int) (to >>> spanShift) - 1;
        long purgedSpans = 0;
        while (first <= last) {
            boolean isCommitted = isCommitted(first);
            int end = runEnd(first, last, isCommitted);
            if (isCommitted) {
                source.purge(base + ((long) first << spanShift), (long) (end - first) << spanShift);
                mark(first, end, false);
                purgedSpans += end - first;
            }
            first = end;
        }
        return purgedSpans << spanShift;
    }

    public boolean isCommitted(int span) {
        return (committed[span >>> 6] & 1L << span) != 0;
    }

    private int runEnd(int first, int last, boolean state) {
        int end = first + 1;
        while (end <= last && isCommitted(end) == state) {
            end++;
        }
        return end;
    }

    private void mark(int first, int end, boolean state) {
        for (int span = first; span < end; span++) {
            committed[span >>> 6] ^= 1L << span;
        }
        committedSpans += state ? end - first : first - end;
        peakCommittedSpans = Math.max(peakCommittedSpans, committedSpans);
    }

    /**
     * Checks the equation in the class notes.
     *
     * @throws IllegalStateException where it does not hold
     */
    public void validate() {
        long count = 0;
        for (int i = 0; i < committed.length; i++) {
            count += Long.bitCount(committed[i]);
        }
        if (count != committedSpans) {
            throw new IllegalStateException("committed spans: " + count + " marked, " + committedSpans + " counted");
        }
    }

    /** Gives the address space back; the region must not be used any more. */
    public void release() {
        if (byteSize != 0) {
            source.release(base, byteSize);
        }
    }
}
