// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.profiler.record.Recorder;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The profiler's only thread: keeps the coarse clock and, every few seconds, the file, so that a killed process leaves
 * all but its last seconds behind; ends a session whose time is over.
 *
 * <p>Whatever fails here, the application's memory running out above all, is tried again at the next turn.
 */
final class ProfileTicker implements Runnable {

    private static final long TICK_NANOS = 10_000_000L;
    private static final long NANOS_PER_MILLI = 1_000_000L;
    /** A profile is promised to be complete to five seconds before a kill; a loaded machine may hold up a write for one or two. */
    private static final long WRITE_INTERVAL_MILLIS = 2_500L;

    /** The first write loads and initialises much; where that fails for want of memory, it would fail for ever. */
    private static final long FIRST_WRITE_NANOS = 250 * NANOS_PER_MILLI;

    /** Between two measurements of what an event costs, which find more and more of the code compiled. */
    private static final int MEASURE_TURNS = 25;

    private static final long JOIN_MILLIS = 2_000L;

    private final Recorder recorder;
    private final ProfileOutput output;
    private final long writeIntervalNanos;
    private final long durationNanos;
    private final Runnable atEnd;
    private volatile boolean stopped;
    private volatile long workNanos;
    private int turnsToMeasure = MEASURE_TURNS;
    private @Nullable Thread thread;

    /**
     * @param durationNanos when to end the session
     * @param atEnd ends the session, on this thread
     */
    ProfileTicker(Recorder recorder, ProfileOutput output, long durationNanos, Runnable atEnd) {
        this.recorder = recorder;
        this.output = output;
        this.durationNanos = durationNanos;
        this.atEnd = atEnd;
        this.writeIntervalNanos =
                Math.max(1, Long.getLong("metalloc.writeMillis", WRITE_INTERVAL_MILLIS)) * NANOS_PER_MILLI;
    }

    synchronized void start() {
        Thread started = new Thread(null, this, "metalloc-ticker", 0, false);
        started.setDaemon(true);
        started.start();
        thread = started;
    }

    /** Waits for a turn that has begun, so that nobody writes after this. */
    void stop() {
        stopped = true;
        Thread started = thread();
        if (started == null || started == Thread.currentThread()) {
            return;
        }
        LockSupport.unpark(started);
        boolean interrupted = Thread.interrupted();
        try {
            started.join(JOIN_MILLIS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized @Nullable Thread thread() {
        return thread;
    }

    /** CPU time taken until the last profile was written on this thread. */
    long workNanos() {
        return workNanos;
    }

    @Override
    public void run() {
        long begin = System.nanoTime();
        long nextWrite = begin + Math.min(FIRST_WRITE_NANOS, writeIntervalNanos);
        while (!stopped) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            if (now - begin >= durationNanos) {
                stopped = true;
                atEnd.run();
            } else if (!stopped) {
                nextWrite = turn(now, nextWrite);
            }
        }
    }

    /** Answers when to write next. */
    private long turn(long now, long nextWrite) {
        try {
            recorder.tick(now);
            ProfileState.chooseQuick();
            turnsToMeasure--;
            if (turnsToMeasure == 0) {
                turnsToMeasure = MEASURE_TURNS;
                output.measureCost();
            }
            if (now - nextWrite >= 0) {
                workNanos = ThreadCpuTime.ofCallerNanos();
                output.write(false, workNanos);
                return now + writeIntervalNanos;
            }
            return nextWrite;
        } catch (Throwable failure) {
            output.interimFailed(failure);
            return now - nextWrite >= 0 ? now + writeIntervalNanos : nextWrite;
        }
    }
}
