// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.concurrent.SpinLock;
import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.ReservedRegion;
import org.jspecify.annotations.Nullable;

/**
 * The slabs of no heap: empty ones, purged ones, and address space never used.
 *
 * <p>Any thread, one lock; the table of slabs may be read without it.
 */
/* Implementation notes
 *
 * Invariants: every slab in the table is in the pool or has a heap, never both;
 *             committed bytes == sum over slabs of their committed bytes
 */
final class SlabPool {

    private final SizeClasses classes;
    private final ReservedRegion region;
    private final int slabBytes;
    private final int slabShift;
    private final @Nullable Slab[] slabs;
    private final @Nullable SlabHeap[] heaps;
    private final byte[] sizeClasses;
    private final BlockMap map;
    private final SpinLock lock = new SpinLock();

    // All below guarded by the lock.
    private final @Nullable Slab[] empty;
    private @Nullable Slab purged;
    private int usedSlots;

    /**
     * @param slabs the table of slabs to fill, a place for each of the region
     * @param heaps the table of the heaps they belong to, or belonged to last
     * @param sizeClasses the table of the classes they have, or had last
     */
    SlabPool(
            SizeClasses classes,
            ReservedRegion region,
            int slabBytes,
            BlockMap map,
            @Nullable Slab[] slabs,
            @Nullable SlabHeap[] heaps,
            byte[] sizeClasses) {
        this.classes = classes;
        this.region = region;
        this.slabBytes = slabBytes;
        this.slabShift = Sizes.log2(slabBytes);
        this.slabs = slabs;
        this.heaps = heaps;
        this.sizeClasses = sizeClasses;
        this.map = map;
        this.empty = new Slab[classes.count()];
    }

    /** An empty slab of a class for a heap, or null where memory ran out. */
    @SlowPath
    @Nullable
    Slab take(int sizeClass, SlabHeap heap) {
        lock.lock();
        try {
            Slab slab = withMemory(sizeClass);
            if (slab == null) {
                slab = takePurged(sizeClass);
            }
            if (slab == null) {
                slab = takeUnused(sizeClass);
            }
            return slab == null ? null : given(slab, heap);
        } finally {
            lock.unlock();
        }
    }

    /** As {@link #take}, but only one that has memory behind it already. */
    @SlowPath
    @Nullable
    Slab takeEmpty(int sizeClass, SlabHeap heap) {
        lock.lock();
        try {
            Slab slab = withMemory(sizeClass);
            return slab == null ? null : given(slab, heap);
        } finally {
            lock.unlock();
        }
    }

    private Slab given(Slab slab, SlabHeap heap) {
        sizeClasses[slotOf(slab.address())] = (byte) slab.sizeClass();
        assign(slab, heap);
        return slab;
    }

    /** Makes a slab a heap's; by who owns it until then. */
    void assign(Slab slab, SlabHeap heap) {
        slab.setHeap(heap);
        heaps[slotOf(slab.address())] = heap;
    }

    private @Nullable Slab withMemory(int sizeClass) {
        Slab slab = empty[sizeClass];
        if (slab != null) {
            empty[sizeClass] = slab.next;
            slab.next = null;
            return slab;
        }
        for (int other = 0; other < empty.length; other++) {
            slab = empty[other];
            if (slab != null) {
                Slab reshaped = reshaped(slab, sizeClass);
                empty[other] = slab.next;
                return replace(reshaped);
            }
        }
        return null;
    }

    private @Nullable Slab takePurged(int sizeClass) {
        Slab slab = purged;
        if (slab == null) {
            return null;
        }
        Slab reshaped = slab.sizeClass() == sizeClass ? slab : reshaped(slab, sizeClass);
        purged = slab.next;
        reshaped.next = null;
        return replace(reshaped);
    }

    private @Nullable Slab takeUnused(int sizeClass) {
        if (usedSlots == slabs.length) {
            return null;
        }
        long address = region.base() + ((long) usedSlots << slabShift);
        if (!map.reach(address + slabBytes)) {
            return null;
        }
        // Counted once it is there: the Java heap may have no room for it.
        Slab slab = replace(new Slab(map, address, sizeClass, classes.byteSize(sizeClass), slabBytes));
        usedSlots++;
        return slab;
    }

    /** Puts memory behind another fresh block of a heap's slab, page by page; false where there is none of either. */
    @SlowPath
    boolean grow(Slab slab) {
        int byteSize = (int) Sizes.alignUp(slab.bytesForFresh(), region.spanBytes());
        if (byteSize <= slab.committedBytes) {
            return false;
        }
        lock.lock();
        try {
            long offset = slab.address() - region.base();
            if (!region.commitExactly(offset + slab.committedBytes, offset + byteSize)) {
                return false;
            }
            slab.noteCommitted(byteSize);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Slab reshaped(Slab slab, int sizeClass) {
        return slab.reshaped(sizeClass, classes.byteSize(sizeClass), slabBytes);
    }

    private Slab replace(Slab slab) {
        slabs[slotOf(slab.address())] = slab;
        return slab;
    }

    private int slotOf(long address) {
        return (int) ((address - region.base()) >>> slabShift);
    }

    /** The slab of a block of the region that was handed out before. */
    Slab slabOf(long blockAddress) {
        return slabIn(slotOf(blockAddress));
    }

    /** Takes back a slab that is empty and quiet. */
    @SlowPath
    void give(Slab slab) {
        lock.lock();
        try {
            slab.reset();
            slab.setHeap(null);
            slab.state = Slab.POOLED;
            slab.next = empty[slab.sizeClass()];
            empty[slab.sizeClass()] = slab;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes behind the empty slabs. */
    long emptyBytes() {
        lock.lock();
        try {
            long bytes = 0;
            for (Slab head : empty) {
                for (Slab slab = head; slab != null; slab = slab.next) {
                    bytes += slab.committedBytes;
                }
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Purges the empty slabs; returns the bytes given back. */
    long purge() {
        lock.lock();
        try {
            long bytes = 0;
            for (int sizeClass = 0; sizeClass < empty.length; sizeClass++) {
                Slab slab = empty[sizeClass];
                while (slab != null) {
                    Slab next = slab.next;
                    bytes += purge(slab);
                    slab = next;
                }
                empty[sizeClass] = null;
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private long purge(Slab slab) {
        long offset = slab.address() - region.base();
        slab.notePurged();
        slab.next = purged;
        purged = slab;
        map.discard(slab.address(), slab.address() + slabBytes);
        return region.purge(offset, offset + slabBytes);
    }

    /** Places of the region that hold a slab: from 0 to this - 1. */
    int usedSlots() {
        lock.lock();
        try {
            return usedSlots;
        } finally {
            lock.unlock();
        }
    }

    /** Bytes of the records of all slabs: the region's, the map's, and the arrays' of each slab. */
    long recordBytes() {
        lock.lock();
        try {
            long bytes = region.recordBytes() + map.reachedBytes() + ArrayBytes.of(empty);
            for (int slot = 0; slot < usedSlots; slot++) {
                bytes += slabIn(slot).heldBytes();
            }
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    /** Blocks that are out of their slabs and were not freed by other threads. */
    long outCount() {
        long count = 0;
        for (int slot = usedSlots() - 1; slot >= 0; slot--) {
            count += slabIn(slot).outCount();
        }
        return count;
    }

    /** Bytes of those blocks. */
    long outBytes() {
        long bytes = 0;
        for (int slot = usedSlots() - 1; slot >= 0; slot--) {
            Slab slab = slabIn(slot);
            bytes += (long) slab.outCount() * slab.blockBytes();
        }
        return bytes;
    }

    /** Blocks that are out of their slabs and that the map does not call live: those in magazines, if all is well. */
    long unmarkedCount() {
        long count = 0;
        for (int slot = usedSlots() - 1; slot >= 0; slot--) {
            Slab slab = slabIn(slot);
            count += slab.takenCount() - slab.liveCount();
        }
        return count;
    }

    long committedBytes() {
        lock.lock();
        try {
            return region.committedBytes();
        } finally {
            lock.unlock();
        }
    }

    long peakCommittedBytes() {
        lock.lock();
        try {
            return region.peakCommittedBytes();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Checks the equations in the class notes and all slabs.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    void validate() {
        lock.lock();
        try {
            region.validate();
            int pooled = length(purged);
            long committed = 0;
            for (Slab head : empty) {
                pooled += length(head);
            }
            int owned = 0;
            for (int slot = 0; slot < usedSlots; slot++) {
                Slab slab = slabIn(slot);
                owned += validate(slab) ? 1 : 0;
                committed += slab.committedBytes;
                check(slab.heap() == null || heaps[slot] == slab.heap(), "both tables say the same heap");
                check(slab.heap() == null || sizeClasses[slot] == slab.sizeClass(), "both tables say the same class");
            }
            check(owned + pooled == usedSlots, "owned + pooled == all slabs");
            check(region.committedBytes() == committed, "committed bytes == sum over slabs");
        } finally {
            lock.unlock();
        }
    }

    private Slab slabIn(int slot) {
        Slab slab = slabs[slot];
        if (slab == null) {
            throw new IllegalStateException("slab pool: broken: every used slot has a slab");
        }
        return slab;
    }

    private static boolean validate(Slab slab) {
        slab.validate();
        boolean isOwned = slab.heap() != null;
        check(isOwned == (slab.state != Slab.POOLED), "a slab has a heap or is pooled");
        return isOwned;
    }

    private static int length(@Nullable Slab head) {
        int length = 0;
        for (Slab slab = head; slab != null; slab = slab.next) {
            length++;
        }
        return length;
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("slab pool: broken: " + equation);
        }
    }
}
