// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.RunState;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Sends blocks back to the JDK's path where the application departs from the profile that its policy was made from.
 *
 * <p>A thread looks at counters that are kept anyway, once a second; the hooks do nothing for it.
 */
final class DriftWatch implements Runnable {

    private static final long DEFAULT_LOOK_MILLIS = 1_000;

    private final List<WatchedUse> uses;
    private final List<String> drifts = new CopyOnWriteArrayList<>();
    private final long lookNanos;

    DriftWatch(List<WatchedUse> uses) {
        this.uses = new ArrayList<>(uses);
        this.lookNanos =
                TimeUnit.MILLISECONDS.toNanos(Math.max(0, Long.getLong("metalloc.driftMillis", DEFAULT_LOOK_MILLIS)));
    }

    /** To be called when hooks allocate: it ends when nothing is left to watch. */
    void start() {
        if (lookNanos > 0 && !uses.isEmpty()) {
            Thread thread = new Thread(null, this, "metalloc-drift", 0, false);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** What went back to the JDK, and why; a line each. */
    List<String> drifts() {
        return drifts;
    }

    @Override
    public void run() {
        try {
            while (RunState.allocating && !uses.isEmpty()) {
                LockSupport.parkNanos(lookNanos);
                lookIfThereIsRoom();
            }
        } catch (Throwable failure) {
            RunState.fail(failure);
        }
    }

    /** The heap is the application's: where it is full, the next look tells as much. */
    private void lookIfThereIsRoom() {
        try {
            lookOnce();
        } catch (OutOfMemoryError fullHeap) {
            return;
        }
    }

    private void lookOnce() {
        List<WatchedUse> left = new ArrayList<>();
        for (WatchedUse use : uses) {
            String departure = use.isServing() ? use.look() : null;
            if (departure != null) {
                use.fallBack();
                drifts.add(use.name() + " went back to the JDK: " + departure);
            }
            if (!use.isOver()) {
                left.add(use);
            }
        }
        uses.retainAll(left);
    }
}
