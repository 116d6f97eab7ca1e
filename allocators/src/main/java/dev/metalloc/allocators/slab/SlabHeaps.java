// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.concurrent.OwnerThread;
import dev.metalloc.allocators.concurrent.SpinLock;
import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.SlowPath;
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
 * volatile store; a thread therefore always finds its own heap. Before it lies a table that is read and written plainly: what a
 * thread finds there under its own id is its own, since it alone ever wrote that id. Entries of dead threads do no harm: ids are
 * never used again.
 */
final class SlabHeaps {

    private static final int INITIAL_LENGTH = 16;
    private static final int FRONT_MASK = 0xff;

    /** Between looks at all heaps so much memory is taken, … */
    private static final long LEAST_RECLAIM_BYTES = 64 << 10;
    /** … and one part in 2^4 of what there is. */
    private static final int RECLAIM_SHIFT = 4;

    /** So many heaps are asked for what they can spare, before memory is taken. */
    private static final int MOST_ASKED = 4;

    /** What one heap passes on another must collect; other threads may add to it all the time. */
    private static final int MOST_ROUNDS = 4;

    private final SizeClasses classes;
    private final SlabPool pool;
    private final BlockMap map;
    private final AtomicLong refusedFreeCount;
    private final SlabHeap nobody;
    private final SpinLock lock = new SpinLock();
    /** Where most threads find their heap at once, by the low bits of their id; the last to come has the place. */
    private final SlabHeap[] front;

    /* Written without order: a look too many or too few does no harm. */
    private long reclaimAtBytes;

    private volatile SlabHeap[] table;
    /** Replaced under the lock. */
    private volatile SlabHeap[] all = new SlabHeap[0];
    /** Whom to ask first for what can be spared; without order. */
    private int nextAsked;

    SlabHeaps(SizeClasses classes, SlabPool pool, BlockMap map, AtomicLong refusedFreeCount) {
        this.classes = classes;
        this.pool = pool;
        this.map = map;
        this.refusedFreeCount = refusedFreeCount;
        nobody = new SlabHeap(classes, pool, map, refusedFreeCount, null, SlabHeap.NO_OWNER, 0);
        front = emptyTable(FRONT_MASK + 1);
        table = emptyTable(INITIAL_LENGTH);
    }

    private SlabHeap[] emptyTable(int length) {
        SlabHeap[] empty = new SlabHeap[length];
        Arrays.fill(empty, nobody);
        return empty;
    }

    /** The heap of the calling thread, or {@link #nobody} where it has none. */
    SlabHeap ofCaller() {
        long id = OwnerThread.currentId();
        SlabHeap heap = front[(int) (id & FRONT_MASK)];
        return heap.ownerId() == id ? heap : probe(id);
    }

    @SlowPath
    private SlabHeap probe(long id) {
        SlabHeap[] heaps = table;
        for (int i = 0; i < heaps.length; i++) {
            SlabHeap heap = heaps[((int) id + i) & (heaps.length - 1)];
            if (heap == nobody || heap.ownerId() == id) {
                return heap;
            }
        }
        return nobody;
    }

    /** Belongs to no thread, and has no block. */
    SlabHeap nobody() {
        return nobody;
    }

    /** Gives the calling thread, which has none, a heap. */
    @SlowPath
    SlabHeap register(Thread thread) {
        lock.lock();
        try {
            SlabHeap heap = adoptOrAdd();
            // Made before the heap has an owner: a heap of a live thread that finds it nowhere would serve nobody.
            SlabHeap[] empty = emptyTable(Math.max(INITIAL_LENGTH, Integer.highestOneBit(all.length) * 4));
            heap.setOwner(thread);
            front[(int) heap.ownerId() & FRONT_MASK] = heap;
            table = withAll(empty);
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
        SlabHeap heap = new SlabHeap(classes, pool, map, refusedFreeCount, this, SlabHeap.NO_OWNER, all.length + 1);
        SlabHeap[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = heap;
        all = more;
        return heap;
    }

    private SlabHeap[] withAll(SlabHeap[] heaps) {
        int mask = heaps.length - 1;
        for (SlabHeap heap : all) {
            int i = (int) heap.ownerId();
            while (heaps[i & mask] != nobody) {
                i++;
            }
            heaps[i & mask] = heap;
        }
        return heaps;
    }

    /**
     * Hands over what the calling thread, if it has a heap, and dead threads freed of others' blocks and kept back, and collects what
     * others freed of theirs.
     */
    void settleRemoteFrees(SlabHeap caller) {
        lock.lock();
        try {
            for (SlabHeap heap : all) {
                if (heap == caller || heap.isAbandoned()) {
                    heap.handOverRemoteFrees();
                }
            }
            int rounds = 0;
            do {
                for (SlabHeap heap : all) {
                    if (heap == caller || heap.isAbandoned()) {
                        heap.collectRemoteFrees();
                    }
                }
            } while (++rounds < MOST_ROUNDS && haveRemoteFrees(caller));
        } finally {
            lock.unlock();
        }
    }

    /** Whether anything was passed on to the heap of the calling thread or a dead one, and not collected. */
    private boolean haveRemoteFrees(SlabHeap caller) {
        for (SlabHeap heap : all) {
            if (heap.mayHaveRemoteFrees() && (heap == caller || heap.isAbandoned())) {
                return true;
            }
        }
        return false;
    }

    /** Empties the heap of the calling thread, if it has one, and those of dead threads. */
    void releaseEmpty(SlabHeap caller) {
        lock.lock();
        try {
            int rounds = 0;
            do {
                for (SlabHeap heap : all) {
                    if (heap == caller || heap.isAbandoned()) {
                        heap.releaseEmpty();
                    }
                }
            } while (++rounds < MOST_ROUNDS && haveRemoteFrees(caller));
        } finally {
            lock.unlock();
        }
    }

    /** Before memory is taken: gives a heap, whose lock the caller has, a slab of a class that another can spare; false where none is found soon. */
    @SlowPath
    boolean takeSpare(SlabHeap taker, int sizeClass) {
        SlabHeap[] others = all;
        int asked = nextAsked;
        for (int i = Math.min(others.length, MOST_ASKED); i > 0; i--) {
            SlabHeap other = others[(asked++ & Integer.MAX_VALUE) % others.length];
            if (other != taker && other.giveSpare(sizeClass, taker)) {
                // There may be more.
                nextAsked = asked - 1;
                return true;
            }
        }
        nextAsked = asked;
        return false;
    }

    /**
     * As {@link #reclaim}, but only if so much memory was taken since the last time that a look at all heaps costs little beside it, and
     * without what dead threads kept back: a second free among that would be judged while its block is in use again.
     */
    @SlowPath
    boolean reclaimNowAndThen(SlabHeap caller) {
        long bytes = pool.committedBytes();
        long nextBytes = bytes + Math.max(LEAST_RECLAIM_BYTES, bytes >>> RECLAIM_SHIFT);
        boolean isDue = bytes >= reclaimAtBytes;
        // It comes down with the memory there is.
        reclaimAtBytes = isDue ? nextBytes : Math.min(nextBytes, reclaimAtBytes);
        return isDue && releaseLeft(caller);
    }

    /**
     * Where there is no more memory: gives to the pool what dead threads left, with what they and the caller's thread freed and kept back;
     * answers whether there may be something for the caller.
     */
    @SlowPath
    boolean reclaim(SlabHeap caller) {
        lock.lock();
        try {
            for (SlabHeap heap : all) {
                if (heap.isAbandoned()) {
                    heap.handOverRemoteFrees();
                }
            }
        } finally {
            lock.unlock();
        }
        return releaseLeft(caller);
    }

    private boolean releaseLeft(SlabHeap caller) {
        caller.handOverRemoteFrees();
        lock.lock();
        try {
            for (SlabHeap heap : all) {
                if (heap.isAbandoned()) {
                    heap.releaseLeft();
                }
            }
        } finally {
            lock.unlock();
        }
        return caller.mayHaveRemoteFrees() || pool.emptyBytes() != 0;
    }

    /** Blocks freed by threads that keep them back from their owners for a while. */
    long keptBackCount() {
        lock.lock();
        try {
            long count = 0;
            for (SlabHeap heap : all) {
                count += heap.keptBackCount();
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of those blocks. */
    long keptBackBytes() {
        lock.lock();
        try {
            long bytes = 0;
            for (SlabHeap heap : all) {
                bytes += heap.keptBackBytes();
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Blocks handed out by all heaps. */
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

    /** Frees by other threads than the owners, as far as these have collected them. */
    long remoteFreeCount() {
        lock.lock();
        try {
            long count = 0;
            for (SlabHeap heap : all) {
                count += heap.remoteFreeCount();
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Free blocks in the magazines of all heaps. */
    long cachedCount() {
        lock.lock();
        try {
            long count = 0;
            for (SlabHeap heap : all) {
                count += heap.cachedCount();
            }
            return count;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of those blocks. */
    long cachedBytes() {
        lock.lock();
        try {
            long bytes = 0;
            for (SlabHeap heap : all) {
                bytes += heap.cachedBytes();
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Of its tables, and of all heaps. */
    long heldBytes() {
        lock.lock();
        try {
            long bytes = ArrayBytes.of(front) + ArrayBytes.of(table) + ArrayBytes.of(all) + nobody.heldBytes();
            for (SlabHeap heap : all) {
                bytes += heap.heldBytes();
            }
            return bytes;
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
