// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.concurrent.SpinLock;
import dev.metalloc.allocators.layout.SizeClasses;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The heaps of all threads, found by thread id.
 *
 * <p>Any thread. Holds no thread: a dead one's heap waits here for the next new thread.
 */
/* Implementation notes
 *
 * An open-addressed table of heaps by owner id. A new thread makes a new table under the lock and publishes it by a
 * volatile store, which pairs with the volatile load of every look-up; a thread therefore always finds its own heap. Entries of
 * dead threads do no harm: ids are never used again.
 */
final class SlabHeaps {

    private static final int INITIAL_LENGTH = 16;

    private final SizeClasses classes;
    private final SlabPool pool;
    private final AtomicLong refusedFreeCount;
    private final SlabHeap nobody;
    private final SpinLock lock = new SpinLock();
    private volatile SlabHeap[] table;
    /** Guarded by the lock. */
    private SlabHeap[] all = new SlabHeap[0];

    SlabHeaps(SizeClasses classes, SlabPool pool, AtomicLong refusedFreeCount) {
        this.classes = classes;
        this.pool = pool;
        this.refusedFreeCount = refusedFreeCount;
        nobody = new SlabHeap(classes, pool, refusedFreeCount, SlabHeap.NO_OWNER);
        table = emptyTable(INITIAL_LENGTH);
    }

    private SlabHeap[] emptyTable(int length) {
        SlabHeap[] empty = new SlabHeap[length];
        Arrays.fill(empty, nobody);
        return empty;
    }

    /** The heap of the calling platform thread. */
    SlabHeap of(Thread thread) {
        long id = thread.threadId();
        SlabHeap[] heaps = table;
        SlabHeap heap = heaps[(int) id & heaps.length - 1];
        return heap.ownerId() == id ? heap : probe(thread, id);
    }

    private SlabHeap probe(Thread thread, long id) {
        SlabHeap[] heaps = table;
        for (int i = (int) id; ; i++) {
            SlabHeap heap = heaps[i & heaps.length - 1];
            if (heap.ownerId() == id) {
                return heap;
            }
            if (heap == nobody) {
                return register(thread);
            }
        }
    }

    private SlabHeap register(Thread thread) {
        lock.lock();
        try {
            SlabHeap heap = adoptOrAdd();
            heap.setOwner(thread);
            table = tableOfAll();
            return heap;
        } finally {
            lock.unlock();
        }
    }

    private SlabHeap adoptOrAdd() {
        for (SlabHeap heap : all) {
            if (heap.isAbandoned()) {
                return heap;
            }
        }
        SlabHeap heap = new SlabHeap(classes, pool, refusedFreeCount, SlabHeap.NO_OWNER);
        SlabHeap[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = heap;
        all = more;
        return heap;
    }

    private SlabHeap[] tableOfAll() {
        int length = Math.max(INITIAL_LENGTH, Integer.highestOneBit(all.length) * 4);
        SlabHeap[] heaps = emptyTable(length);
        for (SlabHeap heap : all) {
            int i = (int) heap.ownerId();
            while (heaps[i & length - 1] != nobody) {
                i++;
            }
            heaps[i & length - 1] = heap;
        }
        return heaps;
    }

    /** Empties the heap of the calling thread, if it has one, and those of dead threads. */
    void releaseEmpty(long callerId) {
        lock.lock();
        try {
            for (SlabHeap heap : all) {
                if (heap.ownerId() == callerId || heap.isAbandoned()) {
                    heap.releaseEmpty();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    long allocateCount() {
        lock.lock();
        try {
            long count = 0;
            for (SlabHeap heap : all) {
                count += heap.allocateCount();
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Number of heaps; no more than threads were alive at one time. */
    int count() {
        lock.lock();
        try {
            return all.length;
        } finally {
            lock.unlock();
        }
    }

    void validate() {
        lock.lock();
        try {
            for (SlabHeap heap : all) {
                heap.validate();
            }
        } finally {
            lock.unlock();
        }
    }
}
