// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what went wrong inside a hook; the hook itself goes on with the JDK's own path.
 *
 * <p>Any thread. Nothing is printed here: a hook may run while the application holds the lock of its output.
 */
public final class Failsafe {

    /** Fault injection for tests: the hook calls after which one throws; 0 in production, which folds the check away. */
    private static final long FAULT_AFTER_CALLS = Long.getLong("metalloc.test.faultAfterCalls", 0L);

    /** Whether a test injects faults. */
    public static final boolean TESTED = FAULT_AFTER_CALLS != 0;

    private static final AtomicLong CALLS = new AtomicLong();
    private static final AtomicLong TRIPS = new AtomicLong();
    private static final AtomicLong MISSES = new AtomicLong();

    @SuppressWarnings("StaticAssignmentOfThrowable") // kept for the report at exit, never thrown
    private static volatile @Nullable Throwable first;

    private Failsafe() {}

    /** Throws when a test asked for a fault here. */
    public static void faultPoint() {
        if (TESTED) {
            throwWhenDue();
        }
    }

    private static void throwWhenDue() {
        if (CALLS.incrementAndGet() > FAULT_AFTER_CALLS) {
            throw new IllegalStateException("injected fault");
        }
    }

    /** Notes a failure; the first one is kept for the report. */
    @SuppressWarnings("StaticAssignmentOfThrowable") // kept for the report at exit, never thrown
    public static void trip(Throwable failure) {
        if (TRIPS.getAndIncrement() == 0) {
            first = failure;
        }
    }

    /** Notes an event that was lost because the application had no memory or stack left for it. */
    public static void miss() {
        MISSES.getAndIncrement();
    }

    public static long missedCount() {
        return MISSES.get();
    }

    /** Forgets what happened in an earlier recording. */
    @SuppressWarnings("StaticAssignmentOfThrowable")
    public static void forget() {
        MISSES.set(0);
        TRIPS.set(0);
        first = null;
    }

    /** The first failure, or null where there was none. */
    public static @Nullable Throwable first() {
        return first;
    }

    public static long tripCount() {
        return TRIPS.get();
    }
}
