// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;

/** How many stretches ({@link Bursts}) all threads together may have, and how far apart a new thread's begin. */
final class BurstRoom {
    /** Some 1.5 to 2 MiB. */
    static final int MOST_ROWS = 512;

    private final AtomicInteger left = new AtomicInteger(MOST_ROWS);
    private final AtomicLongArray strides = new AtomicLongArray(Recorder.ENTRY_POINTS);

    /** Room for one; false where there is none. */
    boolean take() {
        if (left.getAndDecrement() > 0) {
            return true;
        }
        left.getAndIncrement();
        return false;
    }

    void give(int rows) {
        left.getAndAdd(rows);
    }

    /** A thread with as many stretches of an entry point as it may have begins them so far apart by now; what two threads say at once may be lost. */
    void widen(int entryPoint, long stride) {
        if (stride > strides.get(entryPoint)) {
            strides.set(entryPoint, stride);
        }
    }

    /** The most that any thread came to. */
    long stride(int entryPoint) {
        return Math.max(Bursts.LENGTH, strides.get(entryPoint));
    }
}
