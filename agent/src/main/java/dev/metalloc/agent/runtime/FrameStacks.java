// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.source.ChunkSource;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frame stack of the running platform thread, and lends others to virtual threads.
 *
 * <p>Any thread. Virtual threads have none of their own: they may be many, and are soon gone.
 */
/* Implementation notes
 *
 * A fixed table, indexed by thread id, two slots probed. A slot belongs to one thread; when that thread has died and left
 * no arena open, its memory goes to the next thread that asks. A thread that died with an arena open keeps its memory for
 * ever, as the JDK would: native code may still hold a pointer into it.
 * Slots are written under the lock and read plainly: a FrameStack's identity fields are final, so a reader sees a slot
 * whole, and only the thread it names goes on to use it. Behind those of threads are those that are lent.
 */
public final class FrameStacks {

    /** Slots: more live platform threads than half of this would start to share the JDK's path. */
    private static final int SLOT_COUNT = 4096;

    private final ChunkSource source;
    private final long frameByteSize;
    private final long maxBlockByteSize;
    private final @Nullable FrameStack[] slots = new FrameStack[SLOT_COUNT + LentFrames.MOST];
    /** Made when the first virtual thread opens an arena. */
    private volatile @Nullable LentFrames lent;

    private int lentCount;
    private boolean exhausted;
    /** Committed, with no stack yet; 0 where there is none. */
    private long unusedBase;

    private long selfTestCount;
    private long committedBytes;
    private long peakCommittedBytes;
    // Of stacks in whose place there is another thread's.
    private long endedOpenedCount;
    private long endedMissedCount;

    /**
     * @param frameByteSize memory of one thread's frames, a multiple of the page size
     * @param maxBlockByteSize largest block served from a frame
     */
    public FrameStacks(ChunkSource source, long frameByteSize, long maxBlockByteSize) {
        this.source = source;
        this.frameByteSize = frameByteSize;
        this.maxBlockByteSize = Math.min(maxBlockByteSize, frameByteSize);
    }

    public long maxBlockByteSize() {
        return maxBlockByteSize;
    }

    /** The running thread's stack, or null where it has none. */
    public @Nullable FrameStack current() {
        Thread thread = Thread.currentThread();
        long threadId = thread.threadId();
        int slot = (int) threadId & (SLOT_COUNT - 1);
        FrameStack stack = slots[slot];
        if (stack != null && stack.threadId == threadId) {
            return stack;
        }
        return currentSlow(thread, threadId, slot);
    }

    private @Nullable FrameStack currentSlow(Thread thread, long threadId, int slot) {
        FrameStack second = slots[slot ^ 1];
        if (second != null && second.threadId == threadId) {
            return second;
        }
        return thread.isVirtual() ? null : register(thread, slot);
    }

    private synchronized @Nullable FrameStack register(Thread thread, int slot) {
        int free = isFree(slots[slot]) ? slot : isFree(slots[slot ^ 1]) ? slot ^ 1 : -1;
        if (free < 0) {
            return null;
        }
        FrameStack dead = slots[free];
        FrameStack stack = dead == null ? inNewMemory(thread) : inMemoryOf(dead, thread);
        if (stack == null) {
            return null;
        }
        if (dead != null) {
            endedOpenedCount += dead.openedCount();
            endedMissedCount += dead.missedCount();
        }
        slots[free] = stack;
        return stack;
    }

    /** A stack for one arena of the running thread, a virtual one; null where there is none. {@link #takeBack} ends the loan. */
    public @Nullable FrameStack lend() {
        LentFrames known = lent;
        if (known == null) {
            known = startLending();
        }
        return known == null ? null : known.lend();
    }

    /** Takes back a stack that was lent, whose only frame is closed. */
    public void takeBack(FrameStack stack) {
        LentFrames known = lent;
        if (known != null) {
            known.takeBack(stack);
        }
    }

    private synchronized @Nullable LentFrames startLending() {
        try {
            if (lent == null) {
                lent = new LentFrames(this);
            }
            return lent;
        } catch (OutOfMemoryError e) {
            return null; // the heap is the application's
        }
    }

    /** One more to lend; null where there may be no more, or no memory. */
    synchronized @Nullable FrameStack makeLent() {
        if (lentCount == LentFrames.MOST || lentCount * frameByteSize >= LentFrames.MOST_BYTES) {
            return null;
        }
        FrameStack stack = inNewMemory(null);
        if (stack == null) {
            return null;
        }
        slots[SLOT_COUNT + lentCount] = stack;
        lentCount++;
        return stack;
    }

    /** Gives a purged stack memory again; false where there is none. */
    synchronized boolean restore(FrameStack stack) {
        if (!commit(stack.base)) {
            return false;
        }
        stack.restore();
        return true;
    }

    /** Of a thread, or to be lent; null where there is no memory, or no room on the Java heap: that is the application's to hear of. */
    private @Nullable FrameStack inNewMemory(@Nullable Thread thread) {
        if (unusedBase == 0) {
            unusedBase = newMemory();
        }
        if (unusedBase == 0) {
            return null;
        }
        try {
            FrameStack stack = thread == null
                    ? new FrameStack(unusedBase, frameByteSize)
                    : new FrameStack(thread, unusedBase, frameByteSize, unusedBase, 0);
            unusedBase = 0;
            return stack;
        } catch (OutOfMemoryError fullHeap) {
            return null;
        }
    }

    private @Nullable FrameStack inMemoryOf(FrameStack dead, Thread thread) {
        if (dead.isPurged() && !restore(dead)) {
            return null;
        }
        try {
            return new FrameStack(thread, dead.base, frameByteSize, dead.zeroFrom(), dead.peakBytes());
        } catch (OutOfMemoryError fullHeap) {
            return null;
        }
    }

    private static boolean isFree(@Nullable FrameStack stack) {
        if (stack == null) {
            return true;
        }
        Thread owner = stack.thread.get();
        return (owner == null || !owner.isAlive()) && stack.isEmpty();
    }

    private long newMemory() {
        if (exhausted) {
            return 0L;
        }
        long base = source.reserve(frameByteSize, source.pageByteSize());
        if (base != 0 && commit(base)) {
            return base;
        }
        exhausted = true;
        return 0L;
    }

    private boolean commit(long base) {
        if (!source.commit(base, frameByteSize)) {
            return false;
        }
        committedBytes += frameByteSize;
        peakCommittedBytes = Math.max(peakCommittedBytes, committedBytes);
        return true;
    }

    /**
     * Gives back the memory of threads that had ended at so many looks, and what nobody borrowed between as many; what is free of a live
     * thread's only that thread could. Returns the bytes given back.
     */
    public synchronized long purge(int looks) {
        long bytes = 0;
        for (int slot = 0; slot < SLOT_COUNT; slot++) {
            FrameStack stack = slots[slot];
            if (stack != null && !stack.isPurged() && isFree(stack) && stack.lookAtIdle() >= looks) {
                bytes += purge(stack);
            }
        }
        LentFrames lending = lent;
        if (lending != null) {
            bytes += lending.purge(looks);
        }
        exhausted &= bytes == 0;
        return bytes;
    }

    /** Gives back the memory of a stack that nobody can use meanwhile; returns its bytes. */
    synchronized long purge(FrameStack stack) {
        source.purge(stack.base, frameByteSize);
        stack.purge();
        committedBytes -= frameByteSize;
        return frameByteSize;
    }

    /** Opens and closes a frame with the largest block in it, on the running thread. */
    public void selfTest() {
        FrameStack stack = current();
        if (stack == null) {
            return;
        }
        int frame = stack.open();
        long address = stack.next(frame, maxBlockByteSize);
        if (address == 0) {
            throw new IllegalStateException("a frame of " + frameByteSize + " bytes does not hold " + maxBlockByteSize);
        }
        stack.take(address, maxBlockByteSize);
        stack.close(frame);
        selfTestCount = 1;
    }

    /** Arenas served to the application, over all threads; racy, for the summary. */
    public synchronized long openedCount() {
        long sum = endedOpenedCount - selfTestCount;
        for (FrameStack stack : slots) {
            sum += stack == null ? 0 : stack.openedCount();
        }
        return sum;
    }

    /** Blocks that the frames' arenas had from the JDK; racy, as is the other count. */
    public synchronized long missedCount() {
        long sum = endedMissedCount;
        for (FrameStack stack : slots) {
            sum += stack == null ? 0 : stack.missedCount();
        }
        return sum;
    }

    /** Memory of all frames. */
    public synchronized long committedBytes() {
        return committedBytes;
    }

    /** Most bytes in use at once, summed over the peaks of threads that did not follow each other in one place. */
    public synchronized long peakBytes() {
        long sum = 0;
        for (FrameStack stack : slots) {
            sum += stack == null ? 0 : stack.peakBytes();
        }
        return sum;
    }

    /** Arenas and bytes as those of blocks; racy. */
    public synchronized AllocatorStats stats() {
        long opened = openedCount();
        long open = 0;
        long used = 0;
        long reserved = 0;
        for (FrameStack stack : slots) {
            open += stack == null ? 0 : stack.openCount();
            used += stack == null ? 0 : stack.usedBytes();
            reserved += stack == null ? 0 : frameByteSize;
        }
        return new AllocatorStats(
                opened, opened - open, 0, used, committedBytes - used, 0, committedBytes, peakCommittedBytes, reserved);
    }
}
