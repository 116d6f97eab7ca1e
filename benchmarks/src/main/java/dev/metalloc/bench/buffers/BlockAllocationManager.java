// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.buffers;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.Map;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.ReferenceManager;

/** A block of an allocator of ours behind Arrow's buffers. */
final class BlockAllocationManager extends AllocationManager {

    private static final long CHUNK_BYTES = 1L << 36;

    private final OffHeapAllocator blocks;
    private final long address;
    private final long byteSize;

    private BlockAllocationManager(BufferAllocator accounting, OffHeapAllocator blocks, long byteSize) {
        super(accounting);
        this.blocks = blocks;
        this.byteSize = byteSize;
        this.address = blocks.allocate(byteSize, 16);
        if (address == 0) {
            throw new OutOfMemoryError("no room for a buffer of " + byteSize + " bytes");
        }
    }

    @Override
    public long getSize() {
        return byteSize;
    }

    @Override
    protected long memoryAddress() {
        return address;
    }

    @Override
    protected void release0() {
        blocks.free(address);
    }

    /** As a policy would have it for a program of many sizes. */
    static AllocationManager.Factory factory() {
        AllocatorSpec spec = new AllocatorSpec("composite", Map.of("parts", "slab,segregated", "limits", "32768"));
        return new Factory(Allocators.create(spec, new MmapChunkSource(CHUNK_BYTES)));
    }

    private record Factory(OffHeapAllocator blocks) implements AllocationManager.Factory {
        private static final ArrowBuf EMPTY = new ArrowBuf(ReferenceManager.NO_OP, null, 0, 0);

        @Override
        public AllocationManager create(BufferAllocator accounting, long byteSize) {
            return new BlockAllocationManager(accounting, blocks, byteSize);
        }

        @Override
        public ArrowBuf empty() {
            return EMPTY;
        }
    }
}
