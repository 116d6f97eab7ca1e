// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.source.ChunkSource;

/** Addresses with nothing behind them: slabs never touch blocks that are not zeroed, and states must be cheap to make. */
final class AddressSpace implements ChunkSource {

    private static final long PAGE_BYTES = 4096;

    @Override
    public long pageByteSize() {
        return PAGE_BYTES;
    }

    @Override
    public long reserve(long byteSize, long byteAlignment) {
        return 1L << 40;
    }

    @Override
    public boolean commit(long address, long byteSize) {
        return true;
    }

    @Override
    public void purge(long address, long byteSize) {}

    @Override
    public void decommit(long address, long byteSize) {}

    @Override
    public void release(long address, long byteSize) {}

    @Override
    public long committedBytes() {
        return 0;
    }

    @Override
    public long peakCommittedBytes() {
        return 0;
    }

    @Override
    public long reservedBytes() {
        return 0;
    }

    @Override
    public void close() {}
}
