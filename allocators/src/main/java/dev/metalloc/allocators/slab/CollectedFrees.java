// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.SlowPath;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Frees of a heap's blocks by other threads, as the heap collects them from its inbox, and how many there were.
 *
 * <p>Owner of the heap only.
 */
final class CollectedFrees {

    private final SlabHeap heap;
    private final RemoteInbox inbox;
    private final SlabPool pool;
    private final BlockMap map;
    private final AtomicLong refusedFreeCount;
    private long count;
    private long batchedCount;
    private long batchedBytes;

    CollectedFrees(SlabHeap heap, RemoteInbox inbox, SlabPool pool, BlockMap map, AtomicLong refusedFreeCount) {
        this.heap = heap;
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

    void collect() {
        if (inbox.mayHaveAny()) {
            inbox.beginTaking();
            collectSlabs(inbox.takeSlabs());
            collectBatches(inbox.takeBatches());
        }
    }

    @SlowPath
    private void collectSlabs(@Nullable Slab first) {
        Slab slab = first;
        while (slab != null) {
            // Once collected it may be listed again by another thread, which then owns the link.
            Slab next = slab.nextWithRemoteFrees();
            long before = slab.collectedCount();
            countRefused(slab.collectRemoteFrees());
            count += slab.collectedCount() - before;
            heap.afterFree(slab);
            slab = next;
        }
    }

    @SlowPath
    private void collectBatches(@Nullable RemoteFreeBatch first) {
        RemoteFreeBatch batch = first;
        while (batch != null) {
            RemoteFreeBatch next = batch.next;
            countRefused(batch.count - free(batch));
            count += batch.count;
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

    /** Frees the blocks that another thread wrote down, unless they are not live, or not of this heap any more; answers how many. */
    private int free(RemoteFreeBatch batch) {
        int freed = 0;
        for (int from = 0; from < batch.count; ) {
            Slab slab = pool.slabOf(batch.addresses[from]);
            int to = batch.endOfRun(from, slab);
            freed += slab.heap() == heap ? free(slab, batch.addresses, from, to) : 0;
            from = to;
        }
        return freed;
    }

    private int free(Slab slab, long[] addresses, int from, int to) {
        int sizeClass = slab.sizeClass();
        boolean mayHaveMarks = slab.mayHaveMarks();
        int freed = 0;
        for (int i = from; i < to; i++) {
            long address = addresses[i];
            if (map.isLive(address) && !(mayHaveMarks && slab.isMarked(address))) {
                map.clear(address);
                if (!heap.push(sizeClass, address)) {
                    heap.pushSlow(sizeClass, address);
                }
                freed++;
            }
        }
        return freed;
    }
}
