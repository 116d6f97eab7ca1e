// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

/**
 * Hands out and takes back blocks of off-heap memory, named by their absolute address.
 *
 * <p>Lifetime: from creation to {@link #close()}, which releases all memory, blocks still live included. Threads: as
 * {@link AllocatorTraits#threadModel()} says. No operation throws for want of memory: an allocator that cannot serve a
 * request answers {@link #NULL}, and its caller asks the next one or the system.
 */
public interface OffHeapAllocator extends AutoCloseable {

    /** The address that is no block. */
    long NULL = 0L;

    /** Every block's address is at least a multiple of this, as with malloc on 64-bit Linux. */
    long MIN_ALIGNMENT = 16L;

    /**
     * Allocates a block whose contents are undefined.
     *
     * @param byteSize requested bytes, at least 0 (0 is served as 1)
     * @param byteAlignment power of two; below {@link #MIN_ALIGNMENT} counts as that
     * @return the block's address, or {@link #NULL} where size or alignment lies outside the traits, or memory ran out
     */
    long allocate(long byteSize, long byteAlignment);

    /**
     * As {@link #allocate} at {@link #MIN_ALIGNMENT}, for who knows already that the size lies within the traits.
     *
     * @param byteSize at least 1, and between the traits' smallest and largest
     */
    default long allocateWithin(long byteSize) {
        return allocate(byteSize, MIN_ALIGNMENT);
    }

    /** As {@link #allocate}, with the first {@code byteSize} bytes zero. */
    long allocateZeroed(long byteSize, long byteAlignment);

    /** Frees the block at {@code address}; anything but {@link FreeOutcome#FREED} left all memory as it was. */
    FreeOutcome free(long address);

    /**
     * Frees the block at {@code address} where that takes a few instructions, as for one of the calling thread's own.
     *
     * @return false where nothing was done: {@link #free} knows what to do with the address
     */
    default boolean freeFast(long address) {
        return false;
    }

    /**
     * Resizes the block at {@code address}, in place where that is possible and no dearer than a copy; the contents up to the lesser size stay.
     *
     * @return the block's address afterwards, or {@link #NULL} where it could not be served: the old block then lives on
     */
    long reallocate(long address, long byteSize);

    /** Whether {@code address} lies in memory of this allocator; true does not say that a block is live there. */
    boolean owns(long address);

    /** Bytes the live block at {@code address} can hold, or -1 where no live block starts there. */
    long usableSize(long address);

    AllocatorTraits traits();

    /** A snapshot; exact where no other thread is inside the allocator. */
    AllocatorStats stats();

    /**
     * Blocks freed by another thread than the one that allocated them, as far as their owners have heard of it, or -1 where the
     * allocator does not tell threads apart.
     */
    default long remoteFreeCount() {
        return -1;
    }

    /** Gives back to the operating system what is free; returns the bytes given back. */
    long purge();

    /**
     * Walks all structures and checks the equations in the class notes.
     *
     * @throws IllegalStateException naming the first equation that does not hold
     */
    void validate();

    @Override
    void close();
}
