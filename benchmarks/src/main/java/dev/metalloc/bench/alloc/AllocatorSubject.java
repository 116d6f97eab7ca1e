// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;

/** One of our allocators. */
record AllocatorSubject(OffHeapAllocator allocator) implements Subject {

    @Override
    public long allocate(long byteSize) {
        return allocator.allocate(byteSize, OffHeapAllocator.MIN_ALIGNMENT);
    }

    @Override
    public void free(long address) {
        FreeOutcome outcome = allocator.free(address);
        if (outcome != FreeOutcome.FREED) {
            throw new IllegalStateException("block not freed: " + outcome);
        }
    }
}
