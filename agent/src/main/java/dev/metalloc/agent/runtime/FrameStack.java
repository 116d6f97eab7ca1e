// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.allocators.source.OffHeapMemory;
import java.lang.ref.WeakReference;

/**
 * The confined arenas that one platform thread has open, or one arena of a virtual thread, as frames of one piece of memory.
 *
 * <p>Confined to its thread, or to whoever it is lent to. Freed memory is zeroed once, when a frame is popped, so that all memory above {@code top} is
 * zero and an arena hands it out as it is; but for what was used as large blocks that callers overwrite at once are: that is zeroed block by block,
 * where it is to be zero.
 */
/* Implementation notes
 *
 * Picture:   base | frame 0 | frame 1 | ... | frame depth-1 | anything ... | zero ... | limit
 *                                           ^ top                          ^ zeroFrom
 *
 * Most of the time zeroFrom is not above top. A block that is overwritten moves it to its end, so that nobody zeroes what a stream of such blocks
 * is copied into; after a run of frames without one, what lies below is zeroed and it is where it was.
 *
 * Only the topmost frame may grow: a lower arena that allocates while a higher one is open is served by the JDK, because
 * its memory would be popped with the frame above it. A frame closed out of order stays until all above it are closed.
 * Frames are named by depth instead of by object: no reference to an arena is stored, so that arenas stay
 * scalar-replaceable.
 *
 * Invariants: base <= bases[0] <= ... <= bases[depth-1] <= top <= limit; all bytes of [max(top, zeroFrom), limit) are zero.
 */
public final class FrameStack {

    /** Arenas of one thread open at once; those beyond it are the JDK's. */
    public static final int MAX_DEPTH = 64;

    private static final int POPS_TO_FORGET_COPIES = 64;

    /** No thread has this id: they start at 1. */
    private static final long NO_THREAD = 0;

    final long threadId;
    final WeakReference<Thread> thread;
    final long base;
    final long limit;

    private final long[] bases = new long[MAX_DEPTH];
    private final boolean[] closed = new boolean[MAX_DEPTH];
    private long top;
    private long zeroFrom;
    private int popsSinceCopy;
    private int depth;
    private long openedCount;
    private long peakTop;
    private long missedCount;
    private int idleLooks;
    private boolean purged;

    /**
     * @param zeroFrom from where on the memory is zero
     * @param peakBytes most bytes of it that were in use before
     */
    FrameStack(Thread thread, long base, long byteSize, long zeroFrom, long peakBytes) {
        this(thread.threadId(), new WeakReference<>(thread), base, byteSize, zeroFrom, peakBytes);
    }

    /** Of no thread, to be lent. */
    FrameStack(long base, long byteSize) {
        this(NO_THREAD, new WeakReference<>(null), base, byteSize, base, 0);
    }

    private FrameStack(
            long threadId, WeakReference<Thread> thread, long base, long byteSize, long zeroFrom, long peakBytes) {
        this.threadId = threadId;
        this.thread = thread;
        this.base = base;
        this.limit = base + byteSize;
        this.top = base;
        this.zeroFrom = zeroFrom;
        this.peakTop = base + peakBytes;
    }

    /** Opens a frame; answers its depth, or -1 where too many are open. */
    public int open() {
        int opened = depth;
        if (opened == MAX_DEPTH) {
            return -1;
        }
        bases[opened] = top;
        depth = opened + 1;
        openedCount++;
        return opened;
    }

    /** Where the next block of the frame starts, or 0 where the frame is not the topmost one or has no room. */
    public long next(int frame, long byteSize) {
        long address = top;
        return frame == depth - 1 && byteSize <= limit - address ? address : 0L;
    }

    /** Takes the block that {@link #next} answered, zeroed; its size is rounded up to the next multiple of 16. */
    public void take(long address, long byteSize) {
        long end = address + ((byteSize + 15L) & -16L);
        if (address < zeroFrom) {
            OffHeapMemory.zeroGranules(address, end - address);
        }
        top = end;
    }

    /** As {@link #take}, but with any contents: the caller overwrites it. */
    public void takeUnzeroed(long address, long byteSize) {
        long end = address + ((byteSize + 15L) & -16L);
        top = end;
        zeroFrom = Math.max(zeroFrom, end);
        popsSinceCopy = 0;
    }

    /** Notes a block that the frame could not serve. */
    public void miss() {
        missedCount++;
    }

    long missedCount() {
        return missedCount;
    }

    /** Closes a frame; its memory is zeroed and free as soon as no frame above it is open. */
    public void close(int frame) {
        if (frame == depth - 1) {
            pop(frame);
        } else {
            closed[frame] = true;
        }
    }

    private void pop(int frame) {
        long start = bases[frame];
        if (start >= zeroFrom) {
            OffHeapMemory.zero(start, top - start);
        } else {
            keepUnzeroed(start);
        }
        if (top > peakTop) {
            peakTop = top;
        }
        top = start;
        depth = frame;
        if (frame > 0 && closed[frame - 1]) {
            popClosed();
        }
    }

    private void keepUnzeroed(long start) {
        zeroFrom = Math.max(zeroFrom, top);
        if (++popsSinceCopy >= POPS_TO_FORGET_COPIES) {
            OffHeapMemory.zero(start, zeroFrom - start);
            zeroFrom = start;
        }
    }

    private void popClosed() {
        int frame = depth - 1;
        while (frame >= 0 && closed[frame]) {
            closed[frame] = false;
            frame--;
        }
        pop(frame + 1);
    }

    /** From where on all memory above the topmost frame is zero. */
    long zeroFrom() {
        return zeroFrom;
    }

    boolean isEmpty() {
        return depth == 0;
    }

    long openedCount() {
        return openedCount;
    }

    long peakBytes() {
        return Math.max(peakTop, top) - base;
    }

    /** Frames open now; racy where another thread asks. */
    int openCount() {
        return depth;
    }

    /** Bytes of them; racy likewise. */
    long usedBytes() {
        return top - base;
    }

    /** Counts a look at it since it was last used; answers how many there were. */
    int lookAtIdle() {
        return ++idleLooks;
    }

    void forgetLooks() {
        idleLooks = 0;
    }

    /** Notes that there is no memory behind it any more: what is committed again is zero. Nobody uses it. */
    void purge() {
        purged = true;
        zeroFrom = base;
    }

    /** Notes that memory was committed again. */
    void restore() {
        purged = false;
        idleLooks = 0;
    }

    boolean isPurged() {
        return purged;
    }

    /** Checks the invariants; for tests. */
    void validate() {
        long previous = base;
        for (int frame = 0; frame < depth; frame++) {
            if (bases[frame] < previous) {
                throw new IllegalStateException("frame " + frame + " starts below the one under it");
            }
            previous = bases[frame];
        }
        if (top < previous || top > limit) {
            throw new IllegalStateException("top lies outside the topmost frame");
        }
        for (long address = Math.max(top, zeroFrom); address < limit; address++) {
            if (OffHeapMemory.readByte(address) != 0) {
                throw new IllegalStateException("free memory is not zero at offset " + (address - base));
            }
        }
    }
}
