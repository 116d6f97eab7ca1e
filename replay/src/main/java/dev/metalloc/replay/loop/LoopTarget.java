// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import dev.metalloc.allocators.source.MmapChunkSource;

/** Answers one block to everything: what is measured on it is the loop. Blocks may be of up to 1 MiB. */
final class LoopTarget implements ReplayTarget {

    private static final long BYTES = 1L << 20;

    private final MmapChunkSource source = new MmapChunkSource(BYTES);
    private final long address;

    LoopTarget() {
        address = source.reserve(BYTES, BYTES);
        if (address == 0 || !source.commit(address, BYTES)) {
            throw new IllegalStateException("no memory for the loop's block (free some)");
        }
    }

    @Override
    public long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        return byteSize <= BYTES ? address : 0;
    }

    @Override
    public void free(long block) {}

    @Override
    public long reallocate(long block, long byteSize) {
        return byteSize <= BYTES ? address : 0;
    }

    @Override
    public long usableSize(long block) {
        return BYTES;
    }

    @Override
    public void close() {
        source.close();
    }
}
