// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

/**
 * Keeps stack walks within their share of the time, over all threads together; any thread.
 *
 * <p>Where {@value #WALKS_PER_STEP} walks took more than one part in {@value #DUTY_DIVISOR} of the time, stacks are taken at a mean
 * distance {@value #STEP_FACTOR} times as large from then on, for good: also by threads that begin later, so that a program that makes
 * new threads all the time does not pay anew for each.
 */
final class StackDuty {
    static final int WALKS_PER_STEP = 64;
    static final long DUTY_DIVISOR = 1024;
    static final int STEP_FACTOR = 8;

    private final RecorderSpinLock weighing = new RecorderSpinLock();
    private volatile int step;
    /** Guarded by weighing, as are the two below. */
    private int walkCount;

    private long walkNanos;
    private long beganNanos;

    /** How often the distance has been made larger. */
    int step() {
        return step;
    }

    /** A walk took so long, and ended at this time; where nothing moves the clock, nothing is weighed. */
    @ReservedStack
    @OutOfLine
    void weigh(long nanos, long nowNanos) {
        weighing.acquire();
        try {
            walkNanos += nanos;
            walkCount++;
            if (walkCount < WALKS_PER_STEP) {
                return;
            }
            boolean isDear = nowNanos > beganNanos && walkNanos > (nowNanos - beganNanos) / DUTY_DIVISOR;
            walkCount = 0;
            walkNanos = 0;
            beganNanos = nowNanos;
            int current = step;
            if (isDear && current < BlockMeta.MAX_STEP) {
                step = current + 1;
            }
        } finally {
            weighing.release();
        }
    }
}
