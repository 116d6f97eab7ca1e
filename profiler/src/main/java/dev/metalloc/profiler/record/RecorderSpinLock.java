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
    private final AtomicInteger held = new AtomicInteger();

    boolean tryAcquire() {
        return held.getPlain() == 0 && held.compareAndSet(0, 1);
    }

    void acquire() {
        while (!tryAcquire()) {
            awaitTurn();
        }
    }

    void release() {
        held.setRelease(0);
    }

    @SuppressWarnings("ThreadPriorityCheck") // a hint only: the holder may wait for this very core
    private static void awaitTurn() {
        if (Thread.currentThread().isVirtual()) {
            Thread.onSpinWait(); // a yield would unmount it
        } else {
            Thread.yield();
        }
    }
}
