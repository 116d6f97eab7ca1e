// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

/**
 * Reserves address space and commits, purges and releases it in pieces.
 *
 * <p>Any thread may call it. Sizes are multiples of {@link #pageByteSize()}. No operation throws for want of memory.
 */
public interface ChunkSource extends AutoCloseable {

    /** Bytes of an OS page. */
    long pageByteSize();

    /** Reserves address space without memory behind it; returns its address, or 0 where there is none. */
    long reserve(long byteSize, long byteAlignment);

    /**
     * Asks for pages of 2 MiB behind a part of a reservation that will be committed in such units. The system may have none: then
     * all is as before.
     */
    default void adviseHugePages(long address, long byteSize) {}

    /** Puts zeroed memory behind a part of a reservation; false where the limit or the system refuses. */
    boolean commit(long address, long byteSize);

    /**
     * Takes the physical memory away: the part reads as zero and counts as committed no more; commit it again before it
     * is used, so that the limit holds. Unlike {@link #decommit} it splits no mapping of the operating system.
     */
    void purge(long address, long byteSize);

    /** Undoes {@link #commit}: the part is reserved address space again. */
    void decommit(long address, long byteSize);

    /** Gives a whole reservation back. */
    void release(long address, long byteSize);

    long committedBytes();

    long peakCommittedBytes();

    long reservedBytes();

    @Override
    void close();
}
