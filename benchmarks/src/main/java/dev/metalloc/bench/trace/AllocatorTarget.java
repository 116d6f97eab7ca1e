// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.trace;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;

/** Replays on one of Metalloc's allocators; closing it closes the allocator. */
public final class AllocatorTarget implements ReplayTarget {

    private final OffHeapAllocator allocator;

    public AllocatorTarget(OffHeapAllocator allocator) {
        this.allocator = allocator;
    }

    @Override
    public long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        return zeroed ? allocator.allocateZeroed(byteSize, byteAlignment) : allocator.allocate(byteSize, byteAlignment);
    }

    @Override
    public void free(long address) {
        FreeOutcome outcome = allocator.free(address);
        if (outcome != FreeOutcome.FREED) {
            throw new IllegalStateException("free of a live block was answered " + outcome + " (report this)");
        }
    }

    @Override
    public long reallocate(long address, long byteSize) {
        return allocator.reallocate(address, byteSize);
    }

    @Override
    public long usableSize(long address) {
        return allocator.usableSize(address);
    }

    @Override
    public void close() {
        allocator.close();
    }
}
