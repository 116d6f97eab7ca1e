// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.allocators.layout.AddressTable;
import dev.metalloc.allocators.recording.TraceWriter;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes what the application's threads do as one trace that can be replayed.
 *
 * <p>Any thread; events take turns. Memory is bounded by the number of live blocks.
 */
/* Implementation notes
 *
 * Order. A free is written before the JDK frees the block, an allocation after it was handed out, and the lock is held
 * over a whole reallocation, which does both. So whoever is handed memory again writes that down after its free. An arena's
 * blocks are written as freed before it is closed: where that fails, they begin anew. An address that comes back although no
 * free of it was seen (native code freed it) is freed at that moment.
 *
 * The lock is a leaf: nothing is called under it but the JDK's reallocation. It may park, which a virtual thread may do
 * wherever a hook is.
 */
public final class TraceRecorder {

    /** Time events stand at least this far apart: one would otherwise follow on each event. */
    private static final long TICK_NANOS = 100_000;

    private static final long NANOS_PER_MICRO = 1_000;

    private final ReentrantLock lock = new ReentrantLock();

    // All below guarded by the lock.
    private final TraceWriter trace;
    private final AddressTable ids = new AddressTable();
    private final AddressTable byteSizes = new AddressTable();
    private int threadCount;
    private long lastTickNanos = System.nanoTime();
    private boolean closed;
    private long allocateCount;
    private long allocateBytes;
    private long freeCount;
    private long reallocateCount;
    private long liveBytes;
    private long peakLiveBytes;
    private long lostCount;

    public TraceRecorder(TraceWriter trace) {
        this.trace = trace;
    }

    /** A block was allocated. */
    public void allocated(ThreadRecorder thread, long address, long byteSize, long byteAlignment, boolean zeroed) {
        if (address == 0) {
            return;
        }
        lock.lock();
        try {
            if (!closed) {
                begin(thread, address, byteSize, byteAlignment, zeroed);
            }
        } catch (StackOverflowError | OutOfMemoryError failure) {
            lose();
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /** A block will be freed; unknown ones are left out. */
    public void freed(ThreadRecorder thread, long address) {
        lock.lock();
        try {
            if (!closed) {
                end(thread, address);
            }
        } catch (StackOverflowError | OutOfMemoryError failure) {
            lose();
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps all others out until {@link #endReallocate}, which must follow whatever happens, even if this fails. */
    public void beginReallocate() {
        lock.lock();
    }

    /** In place of {@link #endReallocate} where there is nothing to be written, or where it may not have been reached. */
    public void leaveReallocate() {
        if (lock.isHeldByCurrentThread()) {
            lock.unlock();
        }
    }

    /**
     * A reallocation has ended.
     *
     * @param moved 0 where it failed and the old block lives on, or where byteSize is 0 and the old block is gone
     */
    public void endReallocate(ThreadRecorder thread, long address, long moved, long byteSize) {
        if (!lock.isHeldByCurrentThread()) {
            return;
        }
        try {
            if (closed || (moved == 0 && byteSize != 0)) {
                return;
            }
            if (moved == 0) {
                end(thread, address);
            } else if (ids.value(address) == AddressTable.ABSENT) {
                begin(thread, moved, byteSize, 0, false);
            } else {
                replace(thread, address, moved, byteSize);
            }
        } catch (StackOverflowError | OutOfMemoryError failure) {
            lose();
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /** A block was allocated in an arena. */
    public void allocatedIn(
            TracedArena arena, ThreadRecorder thread, long address, long byteSize, long byteAlignment, boolean zeroed) {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            begin(thread, address, byteSize, byteAlignment, zeroed);
            if (arena.closed) {
                end(thread, address); // closed by another thread before this one came here
            } else {
                arena.add(address, byteSize);
            }
        } catch (StackOverflowError | OutOfMemoryError failure) {
            lose();
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /** An arena will be closed: all its blocks end. Answers whether this is the first such call. */
    public boolean closing(TracedArena arena, ThreadRecorder thread) {
        lock.lock();
        try {
            if (closed || arena.closed) {
                return false;
            }
            arena.closed = true;
            for (int i = 0; i < arena.count(); i++) {
                end(thread, arena.address(i));
            }
            return true;
        } catch (StackOverflowError | OutOfMemoryError failure) {
            lose();
            throw failure;
        } finally {
            lock.unlock();
        }
    }

    /** The arena was not closed after all: its blocks begin anew. */
    public void notClosed(TracedArena arena, ThreadRecorder thread) {
        lock.lock();
        try {
            arena.closed = false;
            for (int i = 0; i < arena.count() && !closed; i++) {
                begin(thread, arena.address(i), arena.byteSize(i), 0, false);
            }
        } finally {
            lock.unlock();
        }
    }

    private void begin(ThreadRecorder thread, long address, long byteSize, long byteAlignment, boolean zeroed) {
        end(thread, address);
        ids.put(address, trace.allocate(number(thread), byteSize, byteAlignment, zeroed));
        allocateCount++;
        grow(address, byteSize);
    }

    private void end(ThreadRecorder thread, long address) {
        long id = ids.value(address);
        if (id == AddressTable.ABSENT) {
            return;
        }
        trace.free(number(thread), id);
        freeCount++;
        forget(address);
    }

    private void replace(ThreadRecorder thread, long address, long moved, long byteSize) {
        long id = ids.value(address);
        if (moved != address) {
            end(thread, moved);
        }
        long newId = trace.reallocate(number(thread), id, byteSize);
        reallocateCount++;
        forget(address);
        ids.put(moved, newId);
        grow(moved, byteSize);
    }

    private void grow(long address, long byteSize) {
        byteSizes.put(address, byteSize);
        allocateBytes += byteSize;
        liveBytes += byteSize;
        peakLiveBytes = Math.max(peakLiveBytes, liveBytes);
    }

    private void forget(long address) {
        liveBytes -= byteSizes.value(address);
        ids.remove(address);
        byteSizes.remove(address);
    }

    /** The thread's number; notes the time before the event that follows. */
    private int number(ThreadRecorder thread) {
        long elapsedNanos = System.nanoTime() - lastTickNanos;
        if (elapsedNanos >= TICK_NANOS) {
            long micros = elapsedNanos / NANOS_PER_MICRO;
            trace.time(micros);
            lastTickNanos += micros * NANOS_PER_MICRO;
        }
        if (thread.traceNumber < 0) {
            thread.traceNumber = threadCount++;
        }
        return thread.traceNumber;
    }

    private void lose() {
        lostCount++;
        trace.dropPart();
    }

    /**
     * Ends the trace; what comes later is left out.
     *
     * @throws IOException where it could not be written whole
     */
    public void close() throws IOException {
        lock.lock();
        try {
            if (!closed) {
                closed = true;
                trace.close();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Of the tables of live blocks, about; any time. */
    public long heldBytes() {
        return 2L * Long.BYTES * (ids.slots() + byteSizes.slots());
    }

    /** Allocations, reallocations left out; final after {@link #close}, as are all below. */
    public long allocateCount() {
        return allocateCount;
    }

    /** Bytes asked for, by reallocations too. */
    public long allocateBytes() {
        return allocateBytes;
    }

    public long freeCount() {
        return freeCount;
    }

    public long reallocateCount() {
        return reallocateCount;
    }

    public long liveBytes() {
        return liveBytes;
    }

    public long peakLiveBytes() {
        return peakLiveBytes;
    }

    /** Events that could not be written: the application had run out of memory or stack. */
    public long lostCount() {
        return lostCount;
    }
}
