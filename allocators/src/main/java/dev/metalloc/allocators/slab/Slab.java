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
 * A block is named by its index. links has a word for each: LIVE, or for a block that was freed the index of the one freed
 * before it; the list begins at head. So one word is looked at and written by each operation, and a second free is seen in
 * the word it would overwrite. The first highWater blocks were handed out at least once.
 *
 * Invariants (owner at rest):
 *   live words == popCount - pushCount;  live words + length of the list == highWater;  marked remote blocks are live
 *   no live block and no remote count  ==>  no other thread is inside freeRemotely with a block of this slab: as many
 *   were collected as were counted, and an uncollected one would be live. Only then the slab may be given away.
 */
final class Slab extends SlabPadding {

    /** Stands for "no slab": never has a block, so that the fast path needs no test for null. */
    static final Slab NONE = new Slab(0, 0, 16, 0, 0);

    static final int CURRENT = 0;
    static final int PARTIAL = 1;
    static final int FULL = 2;
    static final int POOLED = 3;

    private static final char LIVE = 0xffff;
    /** The end of the list: no index of a block. */
    private static final char END = 0xfffe;

    /** Offsets are below 2^20, so that 40 bits of a reciprocal give every quotient exactly. */
    private static final int RECIPROCAL_SHIFT = 40;

    private final long address;
    private final long extentBytes;
    private final long reciprocal;
    private final int sizeClass;
    private final int blockBytes;
    private final char[] links;
    private final RemoteFrees remote;

    private @Nullable SlabHeap heap;
    private @Nullable Slab nextWithRemoteFrees;

    Slab(long address, int sizeClass, int blockBytes, int slabBytes, int dirtyBytes) {
        this.address = address;
        this.sizeClass = sizeClass;
        this.blockBytes = blockBytes;
        this.links = new char[Math.min(slabBytes / blockBytes, END)];
        this.extentBytes = (long) links.length * blockBytes;
        this.reciprocal = ((1L << RECIPROCAL_SHIFT) + blockBytes - 1) / blockBytes;
        this.remote = new RemoteFrees((links.length + 63) >>> 6);
        this.dirtyBytes = dirtyBytes;
        this.head = END;
        this.state = POOLED;
    }

    /** An empty slab of another class at the same place. */
    Slab reshaped(int newClass, int newBlockBytes, int slabBytes) {
        Slab slab = new Slab(address, newClass, newBlockBytes, slabBytes, usedExtentBytes());
        slab.popCount = popCount;
        slab.pushCount = pushCount;
        return slab;
    }

    // ---- owner: allocate and free

    /** Hands out the block freed last, or 0 where none is free again. */
    long pop() {
        int index = head;
        char[] words = links;
        if (Integer.compareUnsigned(index, words.length) >= 0) {
            return 0;
        }
        head = words[index];
        words[index] = LIVE;
        popCount++;
        return address + (long) index * blockBytes;
    }

    /** Hands out a block that never was, with {@code zeroBytes} bytes zero, or 0 where none is left. */
    long popFresh(int zeroBytes) {
        int index = highWater;
        if (index == links.length) {
            return 0;
        }
        highWater = index + 1;
        links[index] = LIVE;
        popCount++;
        int offset = index * blockBytes;
        if (offset < dirtyBytes && zeroBytes != 0) {
            OffHeapMemory.zeroGranules(address + offset, zeroBytes);
        }
        return address + offset;
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

    boolean contains(long blockAddress) {
        return Long.compareUnsigned(blockAddress - address, extentBytes) < 0;
    }

    /** Takes back a live block; false where it is not live. */
    boolean push(int index) {
        char[] words = links;
        if (words[index] != LIVE || (remote.mayHaveMarks() && remote.isMarked(index))) {
            return false;
        }
        words[index] = (char) head;
        head = index;
        pushCount++;
        return true;
    }

    boolean hasRoom() {
        return head != END || highWater != links.length;
    }

    boolean isEmpty() {
        return popCount == pushCount;
    }

    /** Whether nobody else can still touch the slab: see the invariants. */
    boolean isQuiet() {
        return isEmpty() && remote.countVolatile() == 0;
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
        } while (remote.settle(taken));
        return refused;
    }

    private int pushAll(int word, long bits) {
        int refused = 0;
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            int index = (word << 6) + Long.numberOfTrailingZeros(rest);
            if (links[index] == LIVE) {
                links[index] = (char) head;
                head = index;
                pushCount++;
            } else {
                refused++;
            }
        }
        return refused;
    }

    /** Makes all blocks fresh again, in address order; the slab must be empty. */
    void reset() {
        dirtyBytes = usedExtentBytes();
        head = END;
        highWater = 0;
    }

    void notePurged() {
        dirtyBytes = 0;
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

    /* Plain read of a word the owner writes: it said LIVE before the block's address was handed to this thread, and changes
     * only when the block is freed. */
    boolean isLive(int index) {
        return links[index] == LIVE && !remote.isMarked(index);
    }

    /**
     * Notes frees, by a thread that is not the owner, of the blocks of one word; returns how many were refused.
     *
     * <p>Those that were not must be announced by {@link #announce}.
     */
    int freeRemotely(int word, long bits) {
        long known = 0;
        for (long rest = bits; rest != 0; rest &= rest - 1) {
            if (links[(word << 6) + Long.numberOfTrailingZeros(rest)] == LIVE) {
                known |= rest & -rest;
            }
        }
        long marked = known == 0 ? 0 : remote.mark(word, known);
        return Long.bitCount(bits) - Long.bitCount(marked);
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
        return (links.length + 63) >>> 6;
    }

    int liveCount() {
        int marked = 0;
        for (int word = 0; word < words(); word++) {
            marked += Long.bitCount(remote.wordOpaque(word));
        }
        return (int) (popCount - pushCount) - marked;
    }

    long popCount() {
        return popCount;
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

    /** The heap that owns the slab; null in the pool. */
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
        int live = 0;
        for (int index = 0; index < links.length; index++) {
            boolean isLive = links[index] == LIVE;
            live += isLive ? 1 : 0;
            check(isLive || !remote.isMarked(index), "remote frees are of live blocks");
            check(!isLive || index < highWater, "live blocks lie below highWater");
        }
        check(live == popCount - pushCount, "live words == popCount - pushCount");
        check(live + listLength(highWater - live) == highWater, "live + listed == highWater");
        check(state != POOLED || (live == 0 && remote.countVolatile() == 0), "a pooled slab has no live block");
    }

    /** Length of the list, as far as it is sound and not longer than {@code most}. */
    private int listLength(int most) {
        int length = 0;
        for (int index = head; index != END; index = links[index]) {
            check(index < highWater && links[index] != LIVE, "listed blocks were handed out and are not live");
            check(++length <= most, "the list has no block twice");
        }
        return length;
    }

    private void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("slab of class " + blockBytes + ": broken: " + equation);
        }
    }
}
