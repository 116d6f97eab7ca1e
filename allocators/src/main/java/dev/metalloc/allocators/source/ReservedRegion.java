// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.layout.SparseBitmap;

/**
 * One reservation cut into spans, each committed when it is first needed and purged as a whole.
 *
 * <p>Confined: its allocator sees to it that one thread at a time calls. {@link #owns} may be called by any thread.
 * Where no address space was to be had the region is empty: it owns nothing and commits nothing.
 */
/* Implementation notes
 *
 * A span is committed or not; a committed one has been used since it was last zero, or not. Hence the zero contract of large
 * blocks: zero the used spans, and nothing else.
 *
 * Small spans are committed some at a time, so that a growing allocator does not call the system for each page: a 64th of what is
 * committed, at most 64 KiB. Where huge pages are used, they are committed as wholes: the system takes no less.
 *
 * Invariants: committedBytes == spanBytes * |committed spans|;  used is a subset of committed
 */
public final class ReservedRegion {

    /** One part in 2^6 is committed ahead: less than a recorded program's peak differs from run to run. */
    private static final int AHEAD_SHIFT = 6;

    private static final long MOST_AHEAD_BYTES = 64 << 10;

    private static final long HUGE_PAGE_BYTES = 2L << 20;

    private final ChunkSource source;
    private final long base;
    private final long byteSize;
    private final int spanShift;
    private final int spans;
    private final SparseBitmap committed;
    private final SparseBitmap used;
    private long committedSpans;
    private long peakCommittedSpans;
    /** Below this one, spans are parts of huge pages. */
    private int hugeSpans;

    private ReservedRegion(ChunkSource source, long base, long byteSize, int spanShift) {
        this.source = source;
        this.base = base;
        this.byteSize = byteSize;
        this.spanShift = spanShift;
        this.spans = (int) (byteSize >>> spanShift);
        this.committed = new SparseBitmap(spans);
        this.used = new SparseBitmap(spans);
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

    /**
     * Uses pages of 2 MiB for the first bytes of the region, as many as fill such pages: fewer faults while memory grows and fewer
     * address translations ever after, for up to one such page committed too early. To be called before the first commit.
     */
    public void useHugePages(long byteCount) {
        long hugeBytes = Math.min(byteCount, byteSize) & -HUGE_PAGE_BYTES;
        if (hugeBytes > 0 && (base & HUGE_PAGE_BYTES - 1) == 0 && 1L << spanShift <= HUGE_PAGE_BYTES) {
            source.adviseHugePages(base, hugeBytes);
            hugeSpans = (int) (hugeBytes >>> spanShift);
        }
    }

    public long base() {
        return base;
    }

    public long byteSize() {
        return byteSize;
    }

    public long spanBytes() {
        return 1L << spanShift;
    }

    public boolean owns(long address) {
        return Long.compareUnsigned(address - base, byteSize) < 0;
    }

    /** Bytes of its own records. */
    public long recordBytes() {
        return committed.heldBytes() + used.heldBytes();
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
     * @return false where the source refuses, or the Java heap has no room for marks; what was committed until then stays so
     */
    public boolean commit(long from, long to, boolean zeroed) {
        int span = (int) (from >>> spanShift);
        if (span == (int) ((to - 1) >>> spanShift) && used.get(span)) {
            if (zeroed) {
                OffHeapMemory.zeroGranules(base + from, to - from);
            }
            return true;
        }
        return commitSpans(from, to, zeroed);
    }

    @SlowPath
    private boolean commitSpans(long from, long to, boolean zeroed) {
        int first = (int) (from >>> spanShift);
        int end = (int) ((to - 1) >>> spanShift) + 1;
        if (!makeRoom(used, first, end)) {
            return false;
        }
        for (int missing = committed.nextClear(first); missing < end; missing = committed.nextClear(missing)) {
            long aheadSpans = Math.min(committedSpans >>> AHEAD_SHIFT, MOST_AHEAD_BYTES >>> spanShift);
            if (!commitFrom(missing, nextCommitted(missing, end), missing + aheadSpans)) {
                return false;
            }
        }
        use(first, end, from, to, zeroed);
        return true;
    }

    /**
     * Sees to it that memory is behind the bytes between two offsets and no more, for who keeps account of zeroes itself.
     *
     * @return false where the source refuses; what was committed until then stays so
     */
    @SlowPath
    public boolean commitExactly(long from, long to) {
        int end = (int) ((to - 1) >>> spanShift) + 1;
        int missing = committed.nextClear((int) (from >>> spanShift));
        for (; missing < end; missing = committed.nextClear(missing)) {
            if (!commitRun(missing, nextCommitted(missing, end))) {
                return false;
            }
        }
        return true;
    }

    private void use(int first, int end, long from, long to, boolean zeroed) {
        int span = first;
        while (span < end) {
            int fresh = Math.min(used.nextClear(span), end);
            if (zeroed && fresh > span) {
                zeroUsed(span, fresh, from, to);
            }
            for (span = fresh; span < end && !used.get(span); span++) {
                used.set(span);
            }
        }
    }

    /** Sees to it that marks can be set; false where the Java heap has no room: then there is no memory to be had. */
    private static boolean makeRoom(SparseBitmap marks, int first, int end) {
        try {
            marks.makeRoom(first, end);
            return true;
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    private int nextCommitted(int from, int end) {
        int next = committed.next(from);
        return next < 0 ? end : Math.min(next, end);
    }

    /** Commits the spans to {@code end}, and those to {@code least} or the end of the huge page if there is memory for them. */
    private boolean commitFrom(int first, int end, long least) {
        int wanted = (int) Math.min(end <= hugeSpans ? Math.max(least, hugePageEnd(end)) : least, spans);
        int ahead = wanted > end ? nextCommitted(end, wanted) : end;
        return commitRun(first, ahead) || (ahead > end && commitRun(first, end));
    }

    private int hugePageEnd(int end) {
        return (int) Sizes.alignUp(end, HUGE_PAGE_BYTES >>> spanShift);
    }

    @SlowPath
    private boolean commitRun(int first, int end) {
        if (!makeRoom(committed, first, end)
                || !source.commit(base + ((long) first << spanShift), (long) (end - first) << spanShift)) {
            return false;
        }
        for (int span = first; span < end; span++) {
            committed.set(span);
        }
        committedSpans += end - first;
        peakCommittedSpans = Math.max(peakCommittedSpans, committedSpans);
        return true;
    }

    /** Zeroes what of the bytes lies in spans that were used before. */
    private void zeroUsed(int first, int end, long from, long to) {
        long start = Math.max(from, (long) first << spanShift);
        OffHeapMemory.zeroGranules(base + start, Math.min(to, (long) end << spanShift) - start);
    }

    /** Whether memory is behind all bytes between two offsets. */
    public boolean isCommitted(long from, long to) {
        return committed.nextClear((int) (from >>> spanShift)) > (int) ((to - 1) >>> spanShift);
    }

    /** Purges the spans that lie wholly between two offsets; returns the bytes given back. */
    @SlowPath
    public long purge(long from, long to) {
        int first = (int) ((from + (1L << spanShift) - 1) >>> spanShift);
        int last = (int) (to >>> spanShift) - 1;
        long purgedSpans = 0;
        for (int start = committed.next(first); start >= 0 && start <= last; start = committed.next(start)) {
            int end = Math.min(committed.nextClear(start), last + 1);
            source.purge(base + ((long) start << spanShift), (long) (end - start) << spanShift);
            for (int span = start; span < end; span++) {
                committed.clear(span);
                used.clear(span);
            }
            purgedSpans += end - start;
            start = end;
        }
        committedSpans -= purgedSpans;
        return purgedSpans << spanShift;
    }

    public boolean isCommitted(int span) {
        return committed.get(span);
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    public void validate() {
        long count = 0;
        for (int span = committed.next(0); span >= 0; span = committed.next(span + 1)) {
            count++;
        }
        if (count != committedSpans) {
            throw new IllegalStateException("committed spans: " + count + " marked, " + committedSpans + " counted");
        }
        for (int span = used.next(0); span >= 0; span = used.next(span + 1)) {
            if (!committed.get(span)) {
                throw new IllegalStateException("span " + span + ": used without memory behind it");
            }
        }
    }

    /** Gives the address space back; the region must not be used any more. */
    public void release() {
        if (byteSize != 0) {
            source.release(base, byteSize);
        }
    }
}
