// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.source.OffHeapMemory;
import org.jspecify.annotations.Nullable;

/**
 * A run of equal blocks owned by one heap, with all records out of line.
 *
 * <p>Owner only, but for {@link #wasBlock}, {@link #isLive}, {@link #freeRemotely} and {@link #announce}, which any thread may call.
 */
/* Implementation notes
 *
 * A block is named by its index. It is fresh (never taken since the slab was last reset: at or above highWater), free (put back since),
 * or out: live, which the map says, or in a magazine of the heap.
 *
 * Invariants (owner at rest):
 *   outCount + free blocks == highWater <= committedEnd;  live blocks <= outCount;  marked remote blocks are live
 *   outCount == 0 and no remote count  ==>  no other thread is inside freeRemotely with a block of this slab: as many
 *   were collected as were counted, and an uncollected one would be out. Only then the slab may be given away.
 */
final class Slab extends SlabPadding {

    /** Stands for "no slab": never has a block, so that the fast path needs no test for null. */
    static final Slab NONE = new Slab(BlockMap.NONE, 0, 0, 16, 0);

    static final int CURRENT = 0;
    static final int PARTIAL = 1;
    static final int FULL = 2;
    static final int POOLED = 3;

    /** Offsets are below 2^20, so that 40 bits of a reciprocal give every quotient exactly. */
    private static final int RECIPROCAL_SHIFT = 40;

    private static final int PAGE_BYTES = 4096;

    private final BlockMap map;
    private final long address;
    private final long extentBytes;
    private final long reciprocal;
    private final int sizeClass;
    private final int blockBytes;
    private final int blockCount;
    private final SlabFreeBlocks free;
    private final RemoteFrees remote;
    private long collectedCount;

    private @Nullable SlabHeap heap;
    private @Nullable Slab nextWithRemoteFrees;

    /** A slab without memory behind it: see {@link #noteCommitted}. */
    Slab(BlockMap map, long address, int sizeClass, int blockBytes, int slabBytes) {
        this.map = map;
        this.address = address;
        this.sizeClass = sizeClass;
        this.blockBytes = blockBytes;
        this.blockCount = slabBytes / blockBytes;
        this.free = new SlabFreeBlocks(blockCount);
        this.extentBytes = (long) blockCount * blockBytes;
        this.reciprocal = ((1L << RECIPROCAL_SHIFT) + blockBytes - 1) / blockBytes;
        this.remote = new RemoteFrees(free.wordCount());
        this.state = POOLED;
    }

    /** An empty slab of another class at the same place. */
    Slab reshaped(int newClass, int newBlockBytes, int slabBytes) {
        Slab reshaped = new Slab(map, address, newClass, newBlockBytes, slabBytes);
        reshaped.dirtyBytes = usedExtentBytes();
        reshaped.noteCommitted(committedBytes);
        return reshaped;
    }

    /** Notes that there is memory behind so many bytes from the start. */
    void noteCommitted(int byteSize) {
        committedBytes = byteSize;
        committedEnd = Math.min(byteSize / blockBytes, blockCount);
    }

    /** Bytes from the start that need memory for another fresh block; no more than those there are, where there is none. */
    int bytesForFresh() {
        return Math.min(highWater + 1, blockCount) * blockBytes;
    }

    // ---- owner: take and put back

    /** Blocks that can be taken: free ones, and fresh ones with memory behind them. */
    int readyCount() {
        return committedEnd - outCount;
    }

    /** Takes blocks, free ones first, fresh ones after them, into places from the highest to the lowest; there must be so many. */
    void take(long[] places, int highest, int count) {
        int used = takeFree(places, highest, count);
        takeFresh(places, highest - used, count - used);
    }

    private int takeFree(long[] places, int highest, int most) {
        int count = Math.min(most, highWater - outCount);
        free.take(places, highest, count, address, blockBytes);
        outCount += count;
        return count;
    }

    private void takeFresh(long[] places, int highest, int count) {
        long next = address + (long) highWater * blockBytes;
        for (int i = 0; i < count; i++) {
            places[highest - i] = next;
            next += blockBytes;
        }
        highWater += count;
        outCount += count;
    }

    /** Takes the lowest block that was put back, or 0 where there is none. */
    long takeFree() {
        if (outCount == highWater) {
            return 0;
        }
        outCount++;
        return addressOf(free.take());
    }

    /** Takes a block that never was, with {@code zeroBytes} bytes zero, or 0 where none with memory behind it is left. */
    long takeFresh(int zeroBytes) {
        int index = highWater;
        if (index == committedEnd) {
            return 0;
        }
        highWater = index + 1;
        outCount++;
        int offset = index * blockBytes;
        if (offset < dirtyBytes && zeroBytes != 0) {
            OffHeapMemory.zeroGranules(address + offset, zeroBytes);
        }
        return address + offset;
    }

    /** Puts back blocks that are not live any more, up to the first place of one that is of another slab; answers how many. */
    int put(long[] places, int from, int to) {
        int at = from;
        for (; at < to; at++) {
            long offset = places[at] - address;
            if (Long.compareUnsigned(offset, extentBytes) >= 0) {
                break;
            }
            free.put((int) ((offset * reciprocal) >>> RECIPROCAL_SHIFT));
        }
        outCount -= at - from;
        return at - from;
    }

    /** Puts back a block that is not live any more. */
    void putBack(int index) {
        free.put(index);
        outCount--;
    }

    /** The block that starts at an address in the slab or anywhere else, or -1. */
    int indexOf(long blockAddress) {
        long offset = blockAddress - address;
        if (Long.compareUnsigned(offset, extentBytes) >= 0) {
            return -1;
        }
        int index = (int) ((offset * reciprocal) >>> RECIPROCAL_SHIFT);
        return (long) index * blockBytes == offset ? index : -1;
    }

    boolean hasRoom() {
        return outCount != blockCount;
    }

    /** Whether as many blocks can be taken as there are in a page, which would else be taken from the system, or a quarter of all. */
    boolean isMuchReady() {
        return readyCount() >= Math.max(1, Math.min(PAGE_BYTES / blockBytes, blockCount >> 2));
    }

    boolean isEmpty() {
        return outCount == 0;
    }

    /** Whether nobody else can still touch the slab: see the invariants. */
    boolean isQuiet() {
        return isEmpty() && remote.countVolatile() == 0;
    }

    /** Frees of other threads collected since the slab was made. */
    long collectedCount() {
        return collectedCount;
    }

    /** Collects the frees of other threads; call after taking the slab off the heap's list. Returns those refused. */
    int collectRemoteFrees() {
        int refused = 0;
        int taken;
        remote.beginTaking();
        do {
            taken = 0;
            for (int word = 0; word < words(); word++) {
                long bits = remote.take(word);
                if (bits != 0) {
                    taken += Long.bitCount(bits);
                    refused += pushAll(word, bits);
                }
            }
            collectedCount += taken;
        } while (remote.settle(taken));
        return refused;
    }

    private int pushAll(int word, long bits) {
        int refused = 0;
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int index = (word << 6) + Long.numberOfTrailingZeros(rest);
            long block = addressOf(index);
            if (map.isLive(block)) {
                map.clear(block);
                putBack(index);
            } else {
                refused++;
            }
        }
        return refused;
    }

    /** Makes all blocks fresh again, in address order; the slab must be empty. */
    void reset() {
        dirtyBytes = usedExtentBytes();
        free.clear();
        highWater = 0;
    }

    void notePurged() {
        dirtyBytes = 0;
        noteCommitted(0);
    }

    int usedExtentBytes() {
        return Math.max(dirtyBytes, highWater * blockBytes);
    }

    // ---- any thread

    /** Whether a block that is, or was, handed out starts at an address. */
    boolean wasBlock(long blockAddress) {
        int index = indexOf(blockAddress);
        return index >= 0 && index < highWater;
    }

    /** Whether the block of an index is live, and no other thread has freed it. */
    boolean isLive(int index) {
        return map.isLive(addressOf(index)) && !(mayHaveMarks() && remote.isMarked(index));
    }

    /** Whether another thread may have freed a block by its mark, uncollected. */
    boolean mayHaveMarks() {
        return remote.mayHaveMarks();
    }

    /** Whether another thread did so with the live block that starts at an address. */
    boolean isMarked(long blockAddress) {
        return remote.isMarked(indexOf(blockAddress));
    }

    /** Whether an address lies in the slab. */
    boolean spans(long anyAddress) {
        return Long.compareUnsigned(anyAddress - address, extentBytes) < 0;
    }

    long addressOf(int index) {
        return address + (long) index * blockBytes;
    }

    /**
     * Notes frees, by a thread that is not the owner, of the blocks of one word; returns how many were refused.
     *
     * <p>Those that were not must be announced by {@link #announce}.
     */
    int freeRemotely(int word, long bits) {
        long known = 0;
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            if (map.isLive(addressOf((word << 6) + Long.numberOfTrailingZeros(rest)))) {
                known |= rest & -rest;
            }
        }
        long marked = known == 0 ? 0 : remote.mark(word, known);
        return Long.bitCount(bits) - Long.bitCount(marked);
    }

    /** Frees a block, by a thread that is not the owner; false where it is refused. */
    boolean freeFromOutside(int index) {
        boolean isFreed = freeRemotely(index >>> 6, 1L << index) == 0;
        announce(isFreed ? 1 : 0);
        return isFreed;
    }

    /** Tells the owner of frees noted before. */
    void announce(int count) {
        SlabHeap owner = heap;
        if (count != 0 && remote.announce(count) && owner != null) {
            owner.listRemoteFree(this);
        }
    }

    // ---- figures

    /** Longs of a bit for each block. */
    int words() {
        return free.wordCount();
    }

    /** Of its arrays. */
    long heldBytes() {
        return free.heldBytes() + remote.heldBytes();
    }

    /** Blocks that are out. */
    int takenCount() {
        return outCount;
    }

    /** Blocks that are out and were not freed by other threads. */
    int outCount() {
        int marked = 0;
        for (int word = 0; word < words(); word++) {
            marked += Long.bitCount(remote.wordOpaque(word));
        }
        return outCount - marked;
    }

    long address() {
        return address;
    }

    int sizeClass() {
        return sizeClass;
    }

    int blockBytes() {
        return blockBytes;
    }

    /** The heap that owns the slab; null in the pool. Who has the lock of a heap sees that one here if it owns the slab, and only then. */
    @Nullable
    SlabHeap heap() {
        return heap;
    }

    void setHeap(@Nullable SlabHeap heap) {
        this.heap = heap;
    }

    @Nullable
    Slab nextWithRemoteFrees() {
        return nextWithRemoteFrees;
    }

    void setNextWithRemoteFrees(@Nullable Slab next) {
        this.nextWithRemoteFrees = next;
    }

    /**
     * Checks the invariants in the class notes.
     *
     * @throws IllegalStateException naming the first that does not hold
     */
    void validate() {
        int live = liveCount();
        check(live <= outCount, "live blocks <= blocks out");
        check(highWater <= committedEnd, "blocks that were taken have memory behind them");
        check(outCount + free.count() == highWater, "out + free == highWater");
        check(state != POOLED || (outCount == 0 && remote.countVolatile() == 0), "a pooled slab has no block out");
    }

    /** Blocks the map says are live, those freed by other threads included. */
    int liveCount() {
        int live = 0;
        for (int index = 0; index < blockCount; index++) {
            int mark = map.markAt(addressOf(index));
            check(mark == 0 || map.isLive(addressOf(index)), "what is marked is where the block starts");
            check(mark == 0 || index < highWater, "live blocks lie below highWater");
            check(mark != 0 || !remote.isMarked(index), "remote frees are of live blocks");
            check(!free.has(index) || (mark == 0 && index < highWater), "free blocks were taken once and are not live");
            live += mark != 0 ? 1 : 0;
        }
        return live;
    }

    private void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("slab of class " + blockBytes + ": broken: " + equation);
        }
    }
}
