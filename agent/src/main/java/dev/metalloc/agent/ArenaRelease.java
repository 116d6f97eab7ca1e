// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.Failsafe;
import dev.metalloc.agent.runtime.RetiredArena;
import dev.metalloc.agent.runtime.RetiredArenas;
import dev.metalloc.agent.runtime.RunState;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The thread that releases the memory of closed shared arenas, many at a time, when no access to them can be under way.
 *
 * <p>Few are released by the JDK's own handshake for each. For many, one handshake makes all compiled code check liveness anew,
 * and stacks taken after it show whether a thread is between a check and its access; docs/shared-arenas.md has the argument.
 */
final class ArenaRelease implements Runnable {

    /** Memory that may wait. */
    private static final long MAX_HELD_BYTES = 16L << 20;
    /** How long the first one waits for others. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
    /** Up to here a handshake for each costs less than the stacks of all threads. */
    private static final int FEW = 8;

    private final RetiredArenas retired;
    private @Nullable AccessesUnderWay accesses;
    private volatile long releasedCount;

    private ArenaRelease(RetiredArenas retired) {
        this.retired = retired;
    }

    /** Starts the thread; arenas may be retired from now on. */
    static ArenaRelease start() {
        ArenaRelease release = new ArenaRelease(new RetiredArenas(MAX_HELD_BYTES));
        Thread thread = new Thread(null, release, "metalloc-release", 0, false);
        thread.setDaemon(true);
        release.retired.releasedBy(thread);
        RunState.retiredArenas = release.retired;
        thread.start();
        return release;
    }

    /** Arenas whose memory was released here. */
    long releasedCount() {
        return releasedCount;
    }

    @Override
    public void run() {
        while (true) {
            while (retired.isEmpty()) {
                LockSupport.park(this);
            }
            gather();
            RetiredArena batch = retired.takeAll();
            if (batch != null) {
                releaseOrKeep(batch);
            }
        }
    }

    /** What fails keeps its memory for good: that is safe, and arenas are closed as the JDK does from then on. */
    private void releaseOrKeep(RetiredArena batch) {
        try {
            release(batch);
        } catch (Throwable failure) {
            retired.stopDeferring();
            Failsafe.trip(failure);
        }
    }

    private void gather() {
        long end = System.nanoTime() + GATHER_NANOS;
        long left = GATHER_NANOS;
        while (left > 0 && !retired.isPressing()) {
            LockSupport.parkNanos(this, left);
            left = end - System.nanoTime();
        }
    }

    // The only writer.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void release(RetiredArena batch) {
        int count = 0;
        for (RetiredArena arena = batch; arena != null; arena = arena.next()) {
            count++;
        }
        if (count <= FEW || !awaitAccesses(batch)) {
            for (RetiredArena arena = batch; arena != null; arena = arena.next()) {
                arena.closeScope();
            }
        }
        for (RetiredArena arena = batch; arena != null; arena = arena.next()) {
            long heldBytes = arena.heldBytes();
            arena.release();
            retired.released(heldBytes);
        }
        releasedCount += count;
    }

    /** Returns true when no access to any of the batch can be under way, false where that is not known. */
    private boolean awaitAccesses(RetiredArena batch) {
        if (!retired.isDeferring()) {
            return false;
        }
        try {
            if (accesses == null) {
                accesses = new AccessesUnderWay();
            }
            batch.handshake();
            boolean isNone = accesses.awaitNone();
            if (!AccessesUnderWay.mayBeVirtual()) {
                return isNone;
            }
        } catch (LinkageError | RuntimeException | OutOfMemoryError unavailable) {
            // No management classes, or no heap for the stacks: the JDK's own handshakes remain.
        }
        retired.stopDeferring();
        return false;
    }
}
