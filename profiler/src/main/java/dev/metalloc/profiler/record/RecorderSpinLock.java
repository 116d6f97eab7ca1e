// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A lock for short sections that never parks its caller.
 *
 * <p>A monitor could unmount a virtual thread in the middle of an event; it would go on upon another carrier, and two
 * threads would then write one {@link ThreadRecorder}.
 */
final class RecorderSpinLock {
    private static final long MAX_WAIT_NANOS = 10_000_000_000L;

    private final AtomicInteger held = new AtomicInteger();

    boolean tryAcquire() {
        return held.getPlain() == 0 && held.compareAndSet(0, 1);
    }

    /** @throws IllegalStateException where the holder will not come back: its stack overflowed, say, in the middle */
    void acquire() {
        if (!tryAcquire()) {
            acquireSlow();
        }
    }

    private void acquireSlow() {
        long begin = System.nanoTime();
        for (int turn = 1; !tryAcquire(); turn++) {
            awaitTurn();
            if ((turn & 1023) == 0 && System.nanoTime() - begin > MAX_WAIT_NANOS) {
                throw new IllegalStateException("a lock of the profiler was not released within ten seconds");
            }
        }
    }

    void release() {
        held.setRelease(0);
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint only: the holder may wait for this very core
    static void awaitTurn() {
        if (Thread.currentThread().isVirtual()) {
            Thread.onSpinWait(); // a yield would unmount it
        } else {
            Thread.yield();
        }
    }
}
