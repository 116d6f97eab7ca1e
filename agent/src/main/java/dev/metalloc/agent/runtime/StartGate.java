// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Where the first calls that ask for memory wait until the thread that makes the allocators is done with it.
 *
 * <p>Any thread. The wait is bounded: a caller may hold what that thread needs, such as a class that is being initialised, and
 * is then served by the JDK.
 */
public final class StartGate {

    private static final long MAX_WAIT_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread starter;
    private volatile long waitUntilNanos;

    /** @param starter the thread that is going to call {@link #awaitAsked} */
    public StartGate(Thread starter) {
        this.starter = starter;
    }

    /** Waits until memory is asked for. */
    public void awaitAsked() {
        while (asked.getCount() > 0) {
            LockSupport.park(this);
        }
    }

    /** Whether memory was asked for. */
    public boolean wasAsked() {
        return asked.getCount() == 0;
    }

    /** Lets all go on, whether or not there is something to serve them. */
    public void open() {
        done.countDown();
    }

    /** Asks for the allocators and waits for them. */
    void await() {
        if (Thread.currentThread() == starter) {
            return;
        }
        if (asked.getCount() > 0) {
            waitUntilNanos = System.nanoTime() + MAX_WAIT_NANOS;
            asked.countDown();
            LockSupport.unpark(starter);
        }
        try {
            long leftNanos = waitUntilNanos - System.nanoTime();
            if (leftNanos > 0 && !done.await(leftNanos, TimeUnit.NANOSECONDS)) {
                return;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
