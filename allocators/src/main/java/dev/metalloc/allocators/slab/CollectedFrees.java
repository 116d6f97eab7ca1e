// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.SlowPath;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Frees of a heap's blocks by other threads, as the heap collects them from its inbox, and how many there were.
 *
 * <p>Under the lock of the heap.
 */
final class CollectedFrees {

    private final SlabHeap heap;
    private final HeapSlabs slabs;
    private final RemoteInbox inbox;
    private final SlabPool pool;
    private final BlockMap map;
    private final AtomicLong refusedFreeCount;
    private long count;
    private long batchedCount;
    private long batchedBytes;

    CollectedFrees(
            SlabHeap heap,
            HeapSlabs slabs,
            RemoteInbox inbox,
            SlabPool pool,
            BlockMap map,
            AtomicLong refusedFreeCount) {
        this.heap = heap;
        this.slabs = slabs;
        this.inbox = inbox;
        this.pool = pool;
        this.map = map;
        this.refusedFreeCount = refusedFreeCount;
    }

    /** All of them. */
    long count() {
        return count;
    }

    /** Those that came written down in batches. */
    long batchedCount() {
        return batchedCount;
    }

    /** Bytes of the blocks of {@link #batchedCount}. */
    long batchedBytes() {
        return batchedBytes;
    }

    /** @param byOwner whether the heap's stacks may be used */
    void collect(boolean byOwner) {
        if (inbox.mayHaveAny()) {
            inbox.beginTaking();
            collectSlabs(inbox.takeSlabs());
            collectBatches(inbox.takeBatches(), byOwner);
        }
    }

    @SlowPath
    private void collectSlabs(@Nullable Slab first) {
        Slab slab = first;
        while (slab != null) {
            // Once collected it may be listed again by another thread, which then owns the link.
            Slab next = slab.nextWithRemoteFrees();
            if (slab.heap() == heap) {
                collect(slab);
            } else {
                passOn(slab);
            }
            slab = next;
        }
    }

    private void collect(Slab slab) {
        long before = slab.collectedCount();
        countRefused(slab.collectRemoteFrees());
        count += slab.collectedCount() - before;
        slabs.afterFree(slab);
    }

    /** Lists a slab that another heap has by now with that one. */
    private static void passOn(Slab slab) {
        SlabHeap owner = slab.heap();
        if (owner != null) {
            owner.listRemoteFree(slab);
        }
    }

    @SlowPath
    private void collectBatches(@Nullable RemoteFreeBatch first, boolean byOwner) {
        RemoteFreeBatch batch = first;
        while (batch != null) {
            RemoteFreeBatch next = batch.next;
            countRefused(batch.count - free(batch, byOwner));
            batchedCount += batch.count;
            batchedBytes += batch.byteSize;
            batch.home.takeBack(batch);
            batch = next;
        }
    }

    private void countRefused(int refused) {
        if (refused != 0) {
            refusedFreeCount.addAndGet(refused);
        }
    }

    /** Frees the blocks that another thread wrote down, unless they are not live; answers how many. */
    private int free(RemoteFreeBatch batch, boolean byOwner) {
        int freed = 0;
        for (int from = 0; from < batch.count; ) {
            Slab slab = pool.slabOf(batch.addresses[from]);
            int to = batch.endOfRun(from, slab);
            if (slab.heap() == heap) {
                freed += free(slab, batch.addresses, from, to, byOwner);
                count += to - from;
            } else {
                freed += passOn(slab, batch.addresses, from, to);
            }
            from = to;
        }
        return freed;
    }

    /** Frees blocks of a slab that another heap has by now, as any other thread would. */
    private static int passOn(Slab slab, long[] addresses, int from, int to) {
        int freed = 0;
        for (int i = from; i < to; i++) {
            int index = slab.indexOf(addresses[i]);
            freed += index >= 0 && slab.freeFromOutside(index) ? 1 : 0;
        }
        return freed;
    }

    private int free(Slab slab, long[] addresses, int from, int to, boolean byOwner) {
        int sizeClass = slab.sizeClass();
        boolean mayHaveMarks = slab.mayHaveMarks();
        int freed = 0;
        for (int i = from; i < to; i++) {
            long address = addresses[i];
            if (map.isLive(address) && !(mayHaveMarks && slab.isMarked(address))) {
                map.clear(address);
                if (!byOwner) {
                    slab.putBack(slab.indexOf(address));
                    slabs.afterFree(slab);
                } else if (!heap.push(sizeClass, address)) {
                    heap.pushLocked(sizeClass, address);
                }
                freed++;
            }
        }
        return freed;
    }
}
