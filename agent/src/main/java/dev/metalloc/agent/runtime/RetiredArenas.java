// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The shared arenas that wait for their memory to be released, as a lock-free stack that one thread empties at once.
 *
 * <p>Any thread retires; one thread takes.
 */
public final class RetiredArenas {

    /** Some handshakes long: then one of its own is better. */
    private static final long MAX_WAIT_NANOS = 5_000_000;

    /** Memory of a larger arena is cold when it comes back, which costs its next user more than a handshake. */
    static final long MAX_ARENA_BYTES = 512 << 10;

    private final AtomicReference<@Nullable RetiredArena> top = new AtomicReference<>();
    private final AtomicLong heldBytes = new AtomicLong();
    private final long maxHeldBytes;
    private final long pressingBytes;
    private volatile boolean deferring = true;
    private volatile @Nullable Thread releaser;

    /** @param maxHeldBytes memory that may wait; an arena beyond it is closed as the JDK does */
    public RetiredArenas(long maxHeldBytes) {
        this.maxHeldBytes = maxHeldBytes;
        this.pressingBytes = maxHeldBytes / 4;
    }

    /** Names the thread that is woken when there is something to take. */
    public void releasedBy(Thread thread) {
        releaser = thread;
    }

    /** Whether arenas are to be retired at all. */
    public boolean isDeferring() {
        return deferring;
    }

    /** From now on arenas are closed as the JDK does. */
    public void stopDeferring() {
        deferring = false;
    }

    /** Takes the arena over, or answers false where it is too large, too much is waiting already, and goes on waiting, or none is taken any more. */
    public boolean retire(RetiredArena arena) {
        long bytes = arena.heldBytes();
        if (!deferring || bytes > MAX_ARENA_BYTES) {
            return false;
        }
        long held = heldBytes.addAndGet(bytes);
        if (held > maxHeldBytes) {
            heldBytes.addAndGet(-bytes);
            if (!awaitRoom(bytes)) {
                return false;
            }
            held = heldBytes.addAndGet(bytes);
        }
        RetiredArena below;
        do {
            below = top.get();
            arena.nextRetired = below;
        } while (!top.compareAndSet(below, arena));
        if (below == null || (held >= pressingBytes && held - bytes < pressingBytes)) {
            LockSupport.unpark(releaser);
        }
        return true;
    }

    /** Lets the releasing thread catch up: arenas are closed faster than they are released. */
    @SuppressWarnings("ThreadPriorityCheck") // a processor for the other thread is what is missing
    private boolean awaitRoom(long byteSize) {
        long start = System.nanoTime();
        while (heldBytes.get() > maxHeldBytes - byteSize) {
            if (!deferring || byteSize > maxHeldBytes || System.nanoTime() - start > MAX_WAIT_NANOS) {
                return false;
            }
            Thread.yield();
        }
        return true;
    }

    public boolean isEmpty() {
        return top.get() == null;
    }

    /** Whether so much waits that it should be released now. */
    public boolean isPressing() {
        return heldBytes.get() >= pressingBytes;
    }

    /** All that were retired, the newest first, or null. */
    public @Nullable RetiredArena takeAll() {
        return top.getAndSet(null);
    }

    /** Says that memory taken with {@link #takeAll} was released. */
    public void released(long byteSize) {
        heldBytes.addAndGet(-byteSize);
    }

    public long heldBytes() {
        return heldBytes.get();
    }
}
