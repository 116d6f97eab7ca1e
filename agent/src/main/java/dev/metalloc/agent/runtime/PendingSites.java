// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

/**
 * Hands the number of a calling site to the hook deep inside the call, on the same thread.
 *
 * <p>Any thread. Threads share a slot where their numbers meet; a number of another thread's is never taken, at worst one is lost, and
 * the call is served as any other.
 */
public final class PendingSites {

    private static final int SLOTS = 1024;
    // A cache line for each slot.
    private static final int SLOT_SHIFT = 3;
    private static final int NUMBER_BITS = 16;

    private static final int NUMBER_MASK = (1 << NUMBER_BITS) - 1;

    /** Stands for any site whose next call is to go to the JDK; sites' own numbers are below it. */
    public static final int LEFT = NUMBER_MASK;

    // Thread id and number in one word, so that a slot is never half another thread's.
    private static final long[] PENDING = new long[SLOTS << SLOT_SHIFT];

    private PendingSites() {}

    /** The thread is about to call from the site. */
    public static void enter(int site) {
        long threadId = Thread.currentThread().threadId();
        PENDING[slot(threadId)] = threadId << NUMBER_BITS | site;
    }

    /** The call has ended. */
    public static void leave() {
        PENDING[slot(Thread.currentThread().threadId())] = 0;
    }

    /** The number of the site that the thread is calling from, or 0; it is given out once. */
    public static int take() {
        long threadId = Thread.currentThread().threadId();
        int slot = slot(threadId);
        long pending = PENDING[slot];
        if (pending >>> NUMBER_BITS != threadId) {
            return 0;
        }
        PENDING[slot] = 0;
        return (int) pending & NUMBER_MASK;
    }

    private static int slot(long threadId) {
        return ((int) threadId & (SLOTS - 1)) << SLOT_SHIFT;
    }
}
