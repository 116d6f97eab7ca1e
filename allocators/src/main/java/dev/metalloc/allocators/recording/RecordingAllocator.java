// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.recording;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.layout.AddressTable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * Records what is asked of another allocator as a trace that can be replayed.
 *
 * <p>Threads: as the inner allocator; events take turns. Only what took effect is recorded: no refused request, no refused
 * free. {@link #close()} closes the inner allocator and ends the trace. Memory is bounded by the number of live blocks.
 */
/* Implementation notes
 *
 * Order. A free is written before the inner allocator takes the block back, an allocation after it was handed out, and the
 * lock is held over a whole reallocation, which does both. So whoever is handed memory again writes that down after its
 * free: no replay meets a block that is live twice.
 *
 * A free of an address that is not in the table goes to the inner allocator unrecorded, which refuses it; or it is the
 * second of two racing frees of one block, of which the inner allocator obeys one, and the first was recorded.
 *
 * Invariants (at rest): blocks in the table == live blocks of the inner allocator
 */
public final class RecordingAllocator implements OffHeapAllocator {

    /** Time events stand at least this far apart: one would otherwise follow on each event. */
    private static final long TICK_NANOS = 100_000;

    private final OffHeapAllocator inner;
    private final TraceWriter trace;
    private final LongSupplier nanoClock;
    private final ReentrantLock lock = new ReentrantLock();

    // All below guarded by the lock.
    private final AddressTable ids = new AddressTable();
    private final ThreadNumbers threads = new ThreadNumbers();
    private long lastTickNanos;

    /** @param inner without live blocks, and used by nobody else from now on */
    public RecordingAllocator(OffHeapAllocator inner, TraceWriter trace) {
        this(inner, trace, System::nanoTime);
    }

    RecordingAllocator(OffHeapAllocator inner, TraceWriter trace, LongSupplier nanoClock) {
        long liveCount = inner.stats().liveCount();
        if (liveCount != 0) {
            throw new IllegalArgumentException(
                    "inner: " + liveCount + " live blocks (expected: none, to record them all)");
        }
        this.inner = inner;
        this.trace = trace;
        this.nanoClock = nanoClock;
        lastTickNanos = nanoClock.getAsLong();
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        return recorded(inner.allocate(byteSize, byteAlignment), byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return recorded(inner.allocateZeroed(byteSize, byteAlignment), byteSize, byteAlignment, true);
    }

    private long recorded(long address, long byteSize, long byteAlignment, boolean zeroed) {
        if (address == NULL) {
            return NULL;
        }
        lock.lock();
        try {
            ids.put(address, trace.allocate(threadNumber(), byteSize, byteAlignment, zeroed));
        } finally {
            lock.unlock();
        }
        return address;
    }

    @Override
    public FreeOutcome free(long address) {
        lock.lock();
        try {
            long id = ids.value(address);
            if (id != AddressTable.ABSENT) {
                trace.free(threadNumber(), id);
                ids.remove(address);
            }
        } finally {
            lock.unlock();
        }
        return inner.free(address);
    }

    @Override
    public long reallocate(long address, long byteSize) {
        lock.lock();
        try {
            long moved = inner.reallocate(address, byteSize);
            long id = ids.value(address);
            if (moved != NULL && id != AddressTable.ABSENT) {
                ids.remove(address);
                ids.put(moved, trace.reallocate(threadNumber(), id, byteSize));
            }
            return moved;
        } finally {
            lock.unlock();
        }
    }

    /** The caller's number; notes the time before the event that follows. */
    private int threadNumber() {
        long elapsedNanos = nanoClock.getAsLong() - lastTickNanos;
        if (elapsedNanos >= TICK_NANOS) {
            long micros = elapsedNanos / 1000;
            trace.time(micros);
            lastTickNanos += micros * 1000;
        }
        return threads.of(Thread.currentThread());
    }

    @Override
    public boolean owns(long address) {
        return inner.owns(address);
    }

    @Override
    public long usableSize(long address) {
        return inner.usableSize(address);
    }

    @Override
    public AllocatorTraits traits() {
        return inner.traits();
    }

    @Override
    public AllocatorStats stats() {
        lock.lock();
        try {
            return inner.stats().plusMetadata(ids.heldBytes());
        } finally {
            lock.unlock();
        }
    }

    @Override
    public long purge() {
        return inner.purge();
    }

    @Override
    public void validate() {
        lock.lock();
        try {
            inner.validate();
            if (ids.count() != inner.stats().liveCount()) {
                throw new IllegalStateException("recording: broken: live blocks of the trace == live blocks inside");
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * Closes the inner allocator and ends the trace.
     *
     * @throws UncheckedIOException where the trace could not be written whole
     */
    @Override
    public void close() {
        inner.close();
        try {
            trace.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e.getMessage(), e);
        }
    }
}
