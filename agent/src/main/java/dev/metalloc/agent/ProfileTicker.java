// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.profiler.record.Recorder;
import java.io.IOException;
import java.util.concurrent.locks.LockSupport;

/**
 * The profiler's only thread: keeps the coarse clock and, every few seconds, the file, so that a killed process leaves
 * all but its last seconds behind.
 */
final class ProfileTicker implements Runnable {

    private static final long TICK_NANOS = 10_000_000L;
    private static final long FIRST_WRITE_NANOS = 2_000_000_000L;
    private static final long WRITE_INTERVAL_NANOS = 4_000_000_000L;

    private final Recorder recorder;
    private final ProfileOutput output;
    private volatile boolean stopped;

    ProfileTicker(Recorder recorder, ProfileOutput output) {
        this.recorder = recorder;
        this.output = output;
    }

    void start() {
        Thread thread = new Thread(null, this, "metalloc-ticker", 0, false);
        thread.setDaemon(true);
        thread.start();
    }

    void stop() {
        stopped = true;
    }

    @Override
    public void run() {
        try {
            tickUntilStopped();
        } catch (Throwable failure) {
            ProfileState.fail(failure);
        }
    }

    private void tickUntilStopped() {
        long nextWrite = System.nanoTime() + FIRST_WRITE_NANOS;
        while (!stopped) {
            LockSupport.parkNanos(TICK_NANOS);
            long now = System.nanoTime();
            recorder.tick(now);
            if (now - nextWrite >= 0 && !stopped) {
                write();
                nextWrite = System.nanoTime() + WRITE_INTERVAL_NANOS;
            }
        }
    }

    private void write() {
        try {
            output.write(false);
        } catch (IOException | RuntimeException e) {
            output.lacks("an interim write failed: " + e.getMessage());
        }
    }
}
