// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package org.apache.arrow.memory;

import java.lang.foreign.MetallocArrowBuffers;

/** A block of the plan's allocator, as Arrow's buffers hold their memory. */
final class MetallocAllocationManager extends AllocationManager {

    private final long byteSize;
    private final long address;

    private MetallocAllocationManager(BufferAllocator accounting, long byteSize) {
        super(accounting);
        this.byteSize = byteSize;
        this.address = MetallocArrowBuffers.allocate(byteSize); // last: what fails before leaves no block behind
    }

    /** Null where the allocator has no memory, or the Java heap no room for this object. */
    static MetallocAllocationManager of(BufferAllocator accounting, long byteSize) {
        try {
            MetallocAllocationManager manager = new MetallocAllocationManager(accounting, byteSize);
            return manager.address == 0 ? null : manager;
        } catch (OutOfMemoryError fullHeap) {
            return null;
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

    /** Called once: by the last buffer that holds the block. */
    @Override
    protected void release0() {
        MetallocArrowBuffers.free(address);
    }
}
