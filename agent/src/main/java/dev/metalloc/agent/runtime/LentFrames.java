// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.allocators.concurrent.OwnerThread;
import dev.metalloc.allocators.concurrent.SpinLock;
import org.jspecify.annotations.Nullable;

/**
 * Frame stacks for the arenas of virtual threads: each is one arena's from its opening to its close.
 *
 * <p>Any thread. There are as many as arenas were open at once, up to {@link #MOST} and {@link #MOST_BYTES}: beyond them arenas are the JDK's. An arena that is never
 * closed keeps its stack, as it would keep the JDK's memory.
 */
/* Implementation notes
 *
 * A virtual thread may open an arena on one carrier and close it on another, and those that take turns on a carrier do not close in
 * the reverse order. So no stack is a carrier's; who opens takes the one that was put back last, whose memory is in the near caches, out of the part
 * that his carrier's id names, and who closes puts it into the part of his.
 *
 * Nobody waits for a part: the stack of whoever is inside may have ended there. One that is taken is passed over; where all are, again and
 * again, a stack that comes back is lost.
 *
 * Of a part's stacks the lowest leastCount were not lent since the last look.
 */
final class LentFrames {

    /** So many pages are the most that small arenas, open at once, keep. */
    static final int MOST = 256;
    /** Of large stacks there are fewer. */
    static final long MOST_BYTES = 64L << 20;

    private static final int PARTS = 4;
    private static final int MOST_TRIES = 1 << 12;

    private final FrameStacks memory;
    private final Part[] parts = new Part[PARTS];
    /** Without memory; guarded by the monitor of {@link #memory}. */
    private final FrameStack[] purged = new FrameStack[MOST];

    private int purgedCount;
    /* Written by who holds the monitor, read without: a request too many asks there, one too few is the JDK's. */
    private boolean isExhausted;

    LentFrames(FrameStacks memory) {
        this.memory = memory;
        for (int i = 0; i < PARTS; i++) {
            parts[i] = new Part();
        }
    }

    /** A stack without a frame, or null. */
    @Nullable
    FrameStack lend() {
        int home = (int) OwnerThread.currentId();
        for (int i = 0; i < PARTS; i++) {
            FrameStack stack = parts[(home + i) & (PARTS - 1)].take();
            if (stack != null) {
                return stack;
            }
        }
        return isExhausted ? null : more();
    }

    private @Nullable FrameStack more() {
        synchronized (memory) {
            FrameStack stack = purgedCount != 0 ? restored() : memory.makeLent();
            isExhausted = stack == null;
            return stack;
        }
    }

    private @Nullable FrameStack restored() {
        FrameStack stack = purged[purgedCount - 1];
        if (!memory.restore(stack)) {
            return null;
        }
        purgedCount--;
        return stack;
    }

    /** Takes back a stack without a frame. */
    void takeBack(FrameStack stack) {
        int home = (int) OwnerThread.currentId();
        for (int i = 0; i < MOST_TRIES; i++) {
            if (parts[(home + i) & (PARTS - 1)].put(stack)) {
                return;
            }
            Thread.onSpinWait();
        }
    }

    /** Gives back the memory of stacks that were not lent between so many looks; returns the bytes. */
    long purge(int looks) {
        long bytes = 0;
        synchronized (memory) {
            int first = purgedCount;
            for (Part part : parts) {
                purgedCount += part.takeIdle(looks, purged, purgedCount);
            }
            for (int i = first; i < purgedCount; i++) {
                bytes += memory.purge(purged[i]);
            }
            isExhausted &= bytes == 0;
        }
        return bytes;
    }

    /** Some of the stacks that are not lent, the last to come back on top. */
    private static final class Part {

        private final SpinLock lock = new SpinLock();
        private final FrameStack[] free = new FrameStack[MOST];
        private int count;
        private int leastCount;

        @Nullable
        FrameStack take() {
            if (!lock.tryLock()) {
                return null;
            }
            FrameStack stack = null;
            int below = count - 1;
            if (below >= 0) {
                stack = free[below];
                count = below;
                if (below < leastCount) {
                    leastCount = below;
                }
            }
            lock.unlock();
            return stack;
        }

        /** False where somebody is inside. */
        boolean put(FrameStack stack) {
            if (!lock.tryLock()) {
                return false;
            }
            free[count] = stack;
            count++;
            lock.unlock();
            return true;
        }

        /** Moves what was idle at so many looks to another array; answers how many there were. */
        int takeIdle(int looks, FrameStack[] idle, int first) {
            if (!lock.tryLock()) {
                return 0;
            }
            int taken = 0;
            int kept = 0;
            for (int i = 0; i < count; i++) {
                FrameStack stack = free[i];
                if (i >= leastCount) {
                    stack.forgetLooks();
                } else if (stack.lookAtIdle() >= looks) {
                    idle[first + taken] = stack;
                    taken++;
                    continue;
                }
                free[kept] = stack;
                kept++;
            }
            count = kept;
            leastCount = kept;
            lock.unlock();
            return taken;
        }
    }
}
