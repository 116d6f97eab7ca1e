// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.FrameStacks;
import dev.metalloc.agent.runtime.FreeMemoryWatch;
import dev.metalloc.agent.runtime.RunState;
import dev.metalloc.allocators.source.NativeHeapTrim;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Gives memory back to the system that was free for a while, or at once where memory is scarce; and once, after the first such while, what the
 * C library has free from the start of the JVM.
 */
final class IdlePurge implements Runnable {

    private static final int LOOKS_PER_DELAY = 4;
    private static final long DEFAULT_DELAY_MILLIS = 10_000;
    /** Scarce memory is looked for more often. */
    private static final long SCARCE_LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final List<FreeMemoryWatch> watches;
    private final @Nullable FrameStacks frames;
    private final long lookNanos;
    private final @Nullable CgroupMemory cgroup;
    private volatile long purgedBytes;

    private IdlePurge(
            List<FreeMemoryWatch> watches,
            @Nullable FrameStacks frames,
            long lookNanos,
            @Nullable CgroupMemory cgroup) {
        this.watches = watches;
        this.frames = frames;
        this.lookNanos = lookNanos;
        this.cgroup = cgroup;
    }

    /**
     * Watches a dispatch's allocators once it is started, unless {@code metalloc.purgeDelayMillis} is 0.
     *
     * @param cgroup null where nothing limits the process
     */
    static IdlePurge of(Dispatch dispatch, @Nullable CgroupMemory cgroup) {
        long delayMillis = Math.max(0, Long.getLong("metalloc.purgeDelayMillis", DEFAULT_DELAY_MILLIS));
        long lookNanos = TimeUnit.MILLISECONDS.toNanos(delayMillis) / LOOKS_PER_DELAY;
        return new IdlePurge(dispatch.watches(LOOKS_PER_DELAY), dispatch.frames(), lookNanos, cgroup);
    }

    /** To be called when hooks allocate: it ends when they no longer do. */
    void start() {
        if (lookNanos > 0 && (frames != null || !watches.isEmpty())) {
            Thread thread = new Thread(null, this, "metalloc-purge", 0, false);
            thread.setDaemon(true);
            thread.start();
        }
    }

    /** Bytes given back so far. */
    long purgedBytes() {
        return purgedBytes;
    }

    @Override
    public void run() {
        try {
            long start = System.nanoTime();
            long lastLook = start;
            boolean isTrimmed = false;
            while (RunState.allocating) {
                LockSupport.parkNanos(cgroup == null ? lookNanos : Math.min(lookNanos, SCARCE_LOOK_NANOS));
                boolean isDue = System.nanoTime() - lastLook >= lookNanos;
                lastLook = isDue ? System.nanoTime() : lastLook;
                // Once: later on its heap may be the application's, and large.
                boolean isToTrim = !isTrimmed && System.nanoTime() - start >= lookNanos * LOOKS_PER_DELAY;
                isTrimmed |= isToTrim;
                lookIfThereIsRoom(isDue, isToTrim);
            }
        } catch (Throwable failure) {
            RunState.fail(failure);
        }
    }

    /** Where the Java heap, which is the application's, is full, there will be other looks. */
    private void lookIfThereIsRoom(boolean isDue, boolean isToTrim) {
        try {
            if (cgroup != null && cgroup.isScarce()) {
                purgeAll();
            }
            if (isDue) {
                lookOnce();
            }
            if (isToTrim) {
                trimNativeHeap();
            }
        } catch (OutOfMemoryError fullHeap) {
            return;
        }
    }

    private static void trimNativeHeap() {
        try {
            NativeHeapTrim.trim();
        } catch (RuntimeException | LinkageError unavailable) {
            // Some MiB stay where they are: no reason to serve nothing more.
            return;
        }
    }

    // The only writer.
    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void lookOnce() {
        for (FreeMemoryWatch watch : watches) {
            purgedBytes += watch.look();
        }
        purgeFrames(LOOKS_PER_DELAY);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void purgeAll() {
        for (FreeMemoryWatch watch : watches) {
            purgedBytes += watch.purgeNow();
        }
        purgeFrames(1);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void purgeFrames(int looks) {
        if (frames != null) {
            purgedBytes += frames.purge(looks);
        }
    }
}
