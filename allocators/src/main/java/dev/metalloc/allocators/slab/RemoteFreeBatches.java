// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Frees by one thread of blocks that belong to others, handed over many at a time.
 *
 * <p>Confined to the thread whose heap holds it, but for {@link #takeBack} and the figures, which any thread may ask for.
 */
/* Implementation notes
 *
 * A thread that frees what others allocate would, block by block, take cache lines away that the owners write: those of marks, of a
 * slab's records, of the list of what to collect. So only the first free of an owner's blocks is checked and announced at once; those
 * that follow are written down as addresses, in a batch for each owner, and the owner does with them what it does with its own.
 *
 * What this costs: a second free of a block is refused when the owner comes to it, not at once; a block handed out again in between looks
 * live, as it would to any free that comes late.
 *
 * A batch that the owner has read comes back to the thread that made it: in a steady state none is made. Owners share places where there are
 * more than a few; then batches are handed over sooner.
 */
final class RemoteFreeBatches {

    private static final int PLACES = 4;
    /** Of large blocks fewer are kept back. */
    private static final long MOST_BYTES = 64 << 10;

    private final @Nullable SlabHeap[] owners = new SlabHeap[PLACES];
    private final @Nullable RemoteFreeBatch[] batches = new RemoteFreeBatch[PLACES];
    /** Those that owners have read, any thread. */
    private final AtomicReference<@Nullable RemoteFreeBatch> returned = new AtomicReference<>();

    private @Nullable RemoteFreeBatch spare;
    private long count;
    private long byteSize;

    /** Frees a block of a slab that is another heap's; false where it is refused. */
    boolean free(SlabHeap owner, Slab slab, int index) {
        int place = owner.number() & (PLACES - 1);
        RemoteFreeBatch batch = owners[place] == owner ? batch(place) : null;
        if (batch == null) {
            return begin(place, owner, slab, index);
        }
        batch.addresses[batch.count++] = slab.addressOf(index);
        batch.byteSize += slab.blockBytes();
        count++;
        byteSize += slab.blockBytes();
        if (batch.count == RemoteFreeBatch.MOST_BLOCKS || batch.byteSize >= MOST_BYTES) {
            handOver(place);
        }
        return true;
    }

    private boolean begin(int place, SlabHeap owner, Slab slab, int index) {
        handOver(place);
        owners[place] = owner;
        if (slab.freeRemotely(index >>> 6, 1L << index) != 0) {
            return false;
        }
        slab.announce(1);
        return true;
    }

    /** The batch that is being filled for an owner, or null where the Java heap has no room for one. */
    private @Nullable RemoteFreeBatch batch(int place) {
        RemoteFreeBatch batch = batches[place];
        if (batch == null) {
            batch = empty();
            batches[place] = batch;
        }
        return batch;
    }

    private @Nullable RemoteFreeBatch empty() {
        if (spare == null) {
            spare = returned.getAndSet(null);
        }
        RemoteFreeBatch batch = spare;
        if (batch == null) {
            return made();
        }
        spare = batch.next;
        batch.next = null;
        return batch;
    }

    private @Nullable RemoteFreeBatch made() {
        try {
            return new RemoteFreeBatch(this);
        } catch (OutOfMemoryError e) {
            return null; // a free must not fail for it
        }
    }

    private void handOver(int place) {
        SlabHeap owner = owners[place];
        RemoteFreeBatch batch = batches[place];
        if (owner != null && batch != null && batch.count != 0) {
            batches[place] = null;
            owner.accept(batch);
        }
    }

    /** Hands over what is kept back, and makes the next free of any owner's blocks the first. */
    void handOver() {
        for (int place = 0; place < PLACES; place++) {
            handOver(place);
            owners[place] = null;
        }
    }

    /** Takes back a batch that its owner has read. */
    void takeBack(RemoteFreeBatch batch) {
        batch.count = 0;
        batch.byteSize = 0;
        RemoteFreeBatch head;
        do {
            head = returned.get();
            batch.next = head;
        } while (!returned.compareAndSet(head, batch));
    }

    /** Blocks ever written down. */
    long count() {
        return count;
    }

    /** Bytes of those blocks. */
    long byteSize() {
        return byteSize;
    }
}
