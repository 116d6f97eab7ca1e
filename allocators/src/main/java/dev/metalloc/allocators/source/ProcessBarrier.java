// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import java.lang.foreign.MemorySegment;

/**
 * A memory barrier in all threads of the process at once, some two microseconds long: it lets one side of a protocol go without.
 *
 * <p>Any thread. What the other threads stored before is seen after {@link #await}, and what they load after it sees what was stored before.
 * Source: membarrier(2) of Linux since 4.14, as in liburcu and the asymmetric barriers of folly.
 */
public final class ProcessBarrier {

    private static final long PRIVATE_EXPEDITED = 8;
    private static final long REGISTER_PRIVATE_EXPEDITED = 16;
    /** No store waits longer in a processor before others see it, by far. */
    private static final long DRAINED_NANOS = 10_000_000;

    private static final long CALL_NUMBER = callNumber();
    private static final MemorySegment SYSCALL = Libc.symbol("syscall");

    private static final boolean IS_AVAILABLE = CALL_NUMBER != 0 && call(REGISTER_PRIVATE_EXPEDITED);

    private ProcessBarrier() {}

    private static long callNumber() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return 0;
        }
        String processor = System.getProperty("os.arch", "");
        if (processor.equals("amd64")) {
            return 324;
        }
        return processor.equals("aarch64") ? 283 : 0;
    }

    /** Whether the system has it; else {@link #await} must not be called. */
    public static boolean isAvailable() {
        return IS_AVAILABLE;
    }

    /** Returns when each thread of the process has passed a full barrier. Never parks a virtual thread. */
    public static void await() {
        // The registration is lost where a process is restored from an image of itself.
        if (!call(PRIVATE_EXPEDITED) && !(call(REGISTER_PRIVATE_EXPEDITED) && call(PRIVATE_EXPEDITED))) {
            long since = System.nanoTime();
            while (System.nanoTime() - since < DRAINED_NANOS) {
                Thread.onSpinWait();
            }
        }
    }

    private static boolean call(long command) {
        return (int) Libc.call(SYSCALL, CALL_NUMBER, command, 0) == 0;
    }
}
