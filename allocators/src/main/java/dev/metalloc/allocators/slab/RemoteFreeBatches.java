// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SlowPath;
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
 * live, as it would to any free that comes late. So it is, too, where the owner frees a block that another thread wrote down: the owner's free
 * is obeyed, and what was written down is judged after it; at that very moment another thread may judge in the owner's place, and both are.
 *
 * A batch that the owner has read comes back to the thread that made it: in a steady state none is made. Owners share places where there are
 * more than a few; then batches are handed over sooner.
 */
final class RemoteFreeBatches {

    private static final int PLACES = 4;

    private final @Nullable SlabHeap[] owners = new SlabHeap[PLACES];
    private final @Nullable RemoteFreeBatch[] batches = new RemoteFreeBatch[PLACES];
    /** Those that owners have read, any thread. */
    private final AtomicReference<@Nullable RemoteFreeBatch> returned = new AtomicReference<>();

    /** Whose block was freed last, and the batch it was written into: the next is most often of the same owner. */
    private @Nullable SlabHeap latestOwner;

    private @Nullable RemoteFreeBatch latest;
    private @Nullable RemoteFreeBatch spare;
    private long handedOverCount;
    private long handedOverBytes;

    /** Frees a block of another heap's where the one before was of the same; false where nothing was done. */
    boolean keepBack(SlabHeap owner, @Nullable Slab slab, long address) {
        RemoteFreeBatch batch = latest;
        if (owner != latestOwner
                || batch == null
                || slab == null
                || slab.heap() != owner
                || slab.indexOf(address) < 0) {
            return false;
        }
        add(batch, slab, address);
        return true;
    }

    /** Frees a block of a slab that is another heap's; false where it is refused. */
    boolean free(SlabHeap owner, Slab slab, int index) {
        RemoteFreeBatch batch = batchFor(owner);
        if (batch == null) {
            return begin(owner, slab, index);
        }
        add(batch, slab, slab.addressOf(index));
        return true;
    }

    private void add(RemoteFreeBatch batch, Slab slab, long address) {
        if (!batch.add(address, slab.blockBytes())) {
            handOverLatest();
        }
    }

    private static int placeOf(SlabHeap owner) {
        return owner.number() & (PLACES - 1);
    }

    @SlowPath
    private boolean begin(SlabHeap owner, Slab slab, int index) {
        int place = placeOf(owner);
        handOver(place);
        owners[place] = owner;
        return slab.freeFromOutside(index);
    }

    /** The batch that is being filled for an owner; null where this is the first of its blocks, or the Java heap has no room for one. */
    private @Nullable RemoteFreeBatch batchFor(SlabHeap owner) {
        int place = placeOf(owner);
        if (owners[place] != owner) {
            return null;
        }
        RemoteFreeBatch batch = batches[place];
        if (batch == null) {
            batch = empty();
            batches[place] = batch;
        }
        latest = batch;
        latestOwner = batch == null ? null : owner;
        return batch;
    }

    @SlowPath
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

    private void handOverLatest() {
        SlabHeap owner = latestOwner;
        if (owner != null) {
            handOver(placeOf(owner));
        }
    }

    @SlowPath
    private void handOver(int place) {
        SlabHeap owner = owners[place];
        RemoteFreeBatch batch = batches[place];
        latestOwner = null;
        if (owner != null && batch != null && batch.count != 0) {
            batches[place] = null;
            handedOverCount += batch.count;
            handedOverBytes += batch.byteSize;
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

    /** Of the batches that are being filled: those that are on their way, or came back, are in no one's hands. */
    long heldBytes() {
        long bytes = ArrayBytes.of(owners) + ArrayBytes.of(batches);
        for (RemoteFreeBatch batch : batches) {
            bytes += batch == null ? 0 : ArrayBytes.of(batch.addresses);
        }
        return bytes;
    }

    /** Blocks ever written down. */
    long count() {
        long count = handedOverCount;
        for (RemoteFreeBatch batch : batches) {
            count += batch == null ? 0 : batch.count;
        }
        return count;
    }

    /** Bytes of those blocks. */
    long byteSize() {
        long byteSize = handedOverBytes;
        for (RemoteFreeBatch batch : batches) {
            byteSize += batch == null ? 0 : batch.byteSize;
        }
        return byteSize;
    }
}
