// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.source.OffHeapMemory;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * A run of equal blocks owned by one heap, with all records out of line.
 *
 * <p>Owner only, but for {@link #isBlockStart}, {@link #isLive} and {@link #freeRemotely}, which any thread may call.
 */
/* Implementation notes
 *
 * Blocks are named by granules, their offset in units of 16 bytes: free needs no division to find a block, since a set bit in
 * live says that a block starts at this granule. Only what is refused is looked at more closely.
 *
 * The first highWater blocks were handed out at least once; those of them that are free lie on the stack
 * freeGranules[0..top).
 *
 * Frees by other threads set a bit in remote[1..] and then add 1 to the count in remote[0]; who takes the count from 0 to
 * 1 puts the slab on its heap's list. The owner takes the slab off the list, collects bits by exchange and subtracts as
 * many as it found; while the count stays above 0 nobody else will list the slab, so the owner goes on. The count may go
 * below 0: the owner saw a bit whose thread has not added yet. Each of these read-modify-writes is a full fence and pairs
 * with the others on the same word.
 *
 * Invariants (owner at rest):
 *   bits in live == highWater - top;  remote bits are a subset of live
 *   no live block and count == 0  ==>  no other thread is inside freeRemotely with a block of this slab: as many
 *   bits were collected as were counted, and an uncollected one would be a live block. Only then the slab may be given away.
 */
final class Slab {

    /** Stands for "no slab": never has a block, so that the fast path needs no test for null. */
    static final Slab NONE = new Slab(0, 0, 16, 0, 0);

    static final int CURRENT = 0;
    static final int PARTIAL = 1;
    static final int FULL = 2;
    static final int POOLED = 3;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private static final int GRANULE_SHIFT = 4;

    private final long address;
    private final int sizeClass;
    private final int blockBytes;
    private final int blockCount;
    private final char[] freeGranules;
    private final long[] live;
    private final long[] remote;

    private int top;
    private int highWater;
    private int state = POOLED;
    /** Bytes from the start that were in use before highWater was last set back: above them fresh blocks are zero. */
    private int dirtyBytes;

    private @Nullable SlabHeap heap;
    private @Nullable Slab next;
    private @Nullable Slab previous;
    private @Nullable Slab nextWithRemoteFrees;

    Slab(long address, int sizeClass, int blockBytes, int slabBytes, int dirtyBytes) {
        this.address = address;
        this.sizeClass = sizeClass;
        this.blockBytes = blockBytes;
        this.blockCount = slabBytes / blockBytes;
        this.freeGranules = new char[blockCount];
        int words = ((slabBytes >>> GRANULE_SHIFT) + 63) >>> 6;
        this.live = new long[words];
        this.remote = new long[words + 1];
        this.dirtyBytes = dirtyBytes;
    }

    // ---- owner: allocate and free

    /** Hands out the block freed last, or 0 where none is free again. */
    long pop() {
        int below = top - 1;
        if (below < 0) {
            return 0;
        }
        int granule = freeGranules[below];
        top = below;
        live[granule >>> 6] |= 1L << granule;
        return address + ((long) granule << GRANULE_SHIFT);
    }

    /** Hands out a block that never was, with {@code zeroBytes} bytes zero, or 0 where none is left. */
    long popFresh(int zeroBytes) {
        if (highWater == blockCount) {
            return 0;
        }
        int offset = highWater++ * blockBytes;
        int granule = offset >>> GRANULE_SHIFT;
        live[granule >>> 6] |= 1L << granule;
        if (offset < dirtyBytes && zeroBytes != 0) {
            OffHeapMemory.zeroGranules(address + offset, zeroBytes);
        }
        return address + offset;
    }

    /** Takes back a live block; false where it is not live. */
    boolean push(int granule) {
        long word = live[granule >>> 6];
        long bit = 1L << granule;
        if ((word & bit) == 0 || (remote[0] != 0 && isRemotelyFreed(granule))) {
            return false;
        }
        live[granule >>> 6] = word & ~bit;
        freeGranules[top++] = (char) granule;
        return true;
    }

    boolean hasRoom() {
        return top != 0 || highWater != blockCount;
    }

    boolean isEmpty() {
        return top == highWater;
    }

    /** Whether nobody else can still touch the slab: see the invariants. */
    boolean isQuiet() {
        return isEmpty() && (long) WORD.getVolatile(remote, 0) == 0;
    }

    /** Collects the frees of other threads; call after taking the slab off the heap's list. Returns those refused. */
    int collectRemoteFrees() {
        int refused = 0;
        long uncollected;
        do {
            int collected = 0;
            for (int word = 1; word < remote.length; word++) {
                if ((long) WORD.getOpaque(remote, word) != 0) {
                    long bits = (long) WORD.getAndSet(remote, word, 0L);
                    collected += Long.bitCount(bits);
                    refused += pushAll((word - 1) << 6, bits);
                }
            }
            uncollected = (long) WORD.getAndAdd(remote, 0, (long) -collected) - collected;
        } while (uncollected > 0);
        return refused;
    }

    private int pushAll(int firstGranule, long bits) {
        int refused = Long.bitCount(bits & ~live[firstGranule >>> 6]);
        for (long rest = bits & live[firstGranule >>> 6]; rest != 0; rest &= rest - 1) {
            freeGranules[top++] = (char) (firstGranule + Long.numberOfTrailingZeros(rest));
        }
        live[firstGranule >>> 6] &= ~bits;
        return refused;
    }

    /** Makes all blocks fresh again, in address order; the slab must be empty. */
    void reset() {
        dirtyBytes = usedExtentBytes();
        top = 0;
        highWater = 0;
    }

    void notePurged() {
        dirtyBytes = 0;
    }

    int usedExtentBytes() {
        return Math.max(dirtyBytes, highWater * blockBytes);
    }

    // ---- any thread

    /** Whether a block ever started at an offset in the slab. */
    boolean isBlockStart(int offset) {
        return offset % blockBytes == 0 && offset / blockBytes < highWater;
    }

    /* Plain read of a word the owner writes: the block's own bit was set before its address was handed to this thread,
     * and changes only when the block is freed. */
    boolean isLive(int granule) {
        return (live[granule >>> 6] & 1L << granule) != 0 && !isRemotelyFreed(granule);
    }

    private boolean isRemotelyFreed(int granule) {
        return ((long) WORD.getOpaque(remote, (granule >>> 6) + 1) & 1L << granule) != 0;
    }

    /** Notes a free by a thread that is not the owner: {@link #REFUSED}, {@link #NOTED}, or {@link #FIRST_NOTED}. */
    int freeRemotely(int granule) {
        long bit = 1L << granule;
        if ((live[granule >>> 6] & bit) == 0) {
            return REFUSED;
        }
        if (((long) WORD.getAndBitwiseOr(remote, (granule >>> 6) + 1, bit) & bit) != 0) {
            return REFUSED;
        }
        return (long) WORD.getAndAdd(remote, 0, 1L) == 0 ? FIRST_NOTED : NOTED;
    }

    static final int REFUSED = 0;
    static final int NOTED = 1;
    /** The caller must put the slab on its heap's list. */
    static final int FIRST_NOTED = 2;

    // ---- figures

    int liveCount() {
        int count = 0;
        for (int word = 0; word < live.length; word++) {
            count += Long.bitCount(live[word] & ~(long) WORD.getOpaque(remote, word + 1));
        }
        return count;
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

    int state() {
        return state;
    }

    void setState(int state) {
        this.state = state;
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
    Slab next() {
        return next;
    }

    void setNext(@Nullable Slab next) {
        this.next = next;
    }

    @Nullable
    Slab previous() {
        return previous;
    }

    void setPrevious(@Nullable Slab previous) {
        this.previous = previous;
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
        int liveBits = 0;
        for (int word = 0; word < live.length; word++) {
            liveBits += Long.bitCount(live[word]);
            check((remote[word + 1] & ~live[word]) == 0, "remote frees are of live blocks");
        }
        check(liveBits == highWater - top, "live bits == highWater - top");
        long[] seen = new long[live.length];
        for (int i = 0; i < top; i++) {
            int granule = freeGranules[i];
            long bit = 1L << granule;
            check(isBlockStart(granule << GRANULE_SHIFT), "free granules are blocks handed out before");
            check(((live[granule >>> 6] | seen[granule >>> 6]) & bit) == 0, "free granules are dead and distinct");
            seen[granule >>> 6] |= bit;
        }
        check(state != POOLED || (liveBits == 0 && remote[0] == 0), "a pooled slab has no live block");
    }

    private void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("slab of class " + blockBytes + ": broken: " + equation);
        }
    }
}
