// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.allocators.source.ChunkSource;

/**
 * Serves all reservations from one range of address space, so that "is this address ours" is one comparison.
 *
 * <p>Any thread. Reservations are never given back before the whole range is: the dispatching agent keeps its allocators
 * for the life of the process.
 */
public final class RangeChunkSource implements ChunkSource {

    /** Smallest range worth having. */
    private static final long MIN_RANGE_BYTES = 1L << 30;

    private final ChunkSource parent;
    private final long rangeAddress;
    private final long rangeByteSize;
    private long next;

    private RangeChunkSource(ChunkSource parent, long rangeAddress, long rangeByteSize) {
        this.parent = parent;
        this.rangeAddress = rangeAddress;
        this.rangeByteSize = rangeByteSize;
        this.next = rangeAddress;
    }

    /**
     * Reserves the range, halving the wish where the system refuses it.
     *
     * @throws IllegalStateException where not even a gibibyte of address space is to be had
     */
    public static RangeChunkSource reserveIn(ChunkSource parent, long wishedByteSize) {
        for (long byteSize = wishedByteSize; byteSize >= MIN_RANGE_BYTES; byteSize >>= 1) {
            long address = parent.reserve(byteSize, parent.pageByteSize());
            if (address != 0) {
                return new RangeChunkSource(parent, address, byteSize);
            }
        }
        throw new IllegalStateException("no address space could be reserved");
    }

    public long rangeAddress() {
        return rangeAddress;
    }

    public long rangeByteSize() {
        return rangeByteSize;
    }

    @Override
    public long pageByteSize() {
        return parent.pageByteSize();
    }

    @Override
    public synchronized long reserve(long byteSize, long byteAlignment) {
        long address = (next + byteAlignment - 1) & -byteAlignment;
        if (byteSize > rangeAddress + rangeByteSize - address) {
            return 0L;
        }
        next = address + byteSize;
        return address;
    }

    @Override
    public void adviseHugePages(long address, long byteSize) {
        parent.adviseHugePages(address, byteSize);
    }

    @Override
    public boolean commit(long address, long byteSize) {
        return parent.commit(address, byteSize);
    }

    @Override
    public void purge(long address, long byteSize) {
        parent.purge(address, byteSize);
    }

    @Override
    public void decommit(long address, long byteSize) {
        parent.decommit(address, byteSize);
    }

    /** Gives the memory back; the address space stays part of the range. */
    @Override
    public void release(long address, long byteSize) {
        parent.decommit(address, byteSize);
    }

    @Override
    public long committedBytes() {
        return parent.committedBytes();
    }

    @Override
    public long peakCommittedBytes() {
        return parent.peakCommittedBytes();
    }

    @Override
    public long reservedBytes() {
        return rangeByteSize;
    }

    @Override
    public void close() {
        parent.release(rangeAddress, rangeByteSize);
    }
}
