// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Waits until every platform thread was seen outside of an access to a memory segment; one thread. */
final class AccessesUnderWay {

    /** All accesses that check whether their arena is alive are methods of this class. */
    private static final String ACCESS_CLASS = "jdk.internal.misc.ScopedMemoryAccess";

    // Comparisons, and what the Vector API loads and stores; where they are intrinsics there is no frame of them.
    private static final String MISMATCH = "vectorizedMismatch";
    private static final String LOAD = "loadFromMemorySegment";
    private static final String STORE = "storeIntoMemorySegment";

    /** The JVM itself looks for such a method in the topmost ten frames. */
    private static final int MAX_DEPTH = 16;

    private static final String CARRIER_CLASS = "jdk.internal.misc.CarrierThread";

    private static final int MAX_LOOKS = 50;
    private static final long BETWEEN_LOOKS_NANOS = TimeUnit.MICROSECONDS.toNanos(100);

    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

    /**
     * Returns true when each thread was seen outside of an access once, or had ended; each look takes the stacks at one
     * safepoint. Answers false where an access goes on and on, or is of the kind that may go on in code that the handshake left as it was.
     */
    boolean awaitNone() {
        @Nullable ThreadInfo[] all = threads.dumpAllThreads(false, false, MAX_DEPTH);
        for (ThreadInfo thread : all) {
            if (thread != null && isInLoop(thread.getStackTrace())) {
                return false;
            }
        }
        long[] left = inAccess(all);
        for (int look = 1; left.length > 0 && look < MAX_LOOKS; look++) {
            LockSupport.parkNanos(this, BETWEEN_LOOKS_NANOS);
            left = inAccess(threads.getThreadInfo(left, MAX_DEPTH));
        }
        return left.length == 0;
    }

    private static long[] inAccess(@Nullable ThreadInfo[] seen) {
        long[] ids = new long[seen.length];
        int count = 0;
        for (ThreadInfo thread : seen) {
            if (thread != null && isInAccess(thread.getStackTrace())) {
                ids[count++] = thread.getThreadId();
            }
        }
        return Arrays.copyOf(ids, count);
    }

    private static boolean isInAccess(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (frame.getClassName().equals(ACCESS_CLASS)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Whether an access is under way that has a loop of its own, and in it a safepoint: a frame that the handshake meets there it does not
     * throw away, nor what a compiler moved out of the loop around it.
     */
    static boolean isInLoop(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            String method = frame.getMethodName();
            if (frame.getClassName().equals(ACCESS_CLASS)
                    && (method.startsWith(MISMATCH) || method.startsWith(LOAD) || method.startsWith(STORE))) {
                return true;
            }
        }
        return false;
    }

    /** Whether virtual threads may run, whose stacks no dump shows. */
    static boolean mayBeVirtual() {
        ThreadGroup root = Thread.currentThread().getThreadGroup();
        while (root.getParent() != null) {
            root = root.getParent();
        }
        @Nullable Thread[] all = new Thread[root.activeCount() * 2 + 64];
        int count = root.enumerate(all);
        if (count == all.length) {
            return true;
        }
        for (int i = 0; i < count; i++) {
            Thread thread = all[i];
            if (thread != null && thread.getClass().getName().equals(CARRIER_CLASS)) {
                return true;
            }
        }
        return false;
    }
}
