// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.segregated.SegregatedFitAllocator;

/** A confined allocator of a single block, without memory behind it, so that many can be made at a time. */
final class OneBlock implements OffHeapAllocator {

    static final int BLOCK_BYTES = 1024;

    private final long address;
    private boolean isLive;

    OneBlock(int number) {
        address = (number + 1L) * BLOCK_BYTES;
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        if (isLive) {
            return NULL;
        }
        isLive = true;
        return address;
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment);
    }

    @Override
    public FreeOutcome free(long freed) {
        if (!owns(freed)) {
            return FreeOutcome.FOREIGN;
        }
        FreeOutcome outcome = isLive ? FreeOutcome.FREED : FreeOutcome.ALREADY_FREE;
        isLive = false;
        return outcome;
    }

    @Override
    public long reallocate(long moved, long byteSize) {
        return NULL;
    }

    @Override
    public boolean owns(long asked) {
        return asked == address;
    }

    @Override
    public long usableSize(long asked) {
        return isLive && owns(asked) ? BLOCK_BYTES : -1;
    }

    @Override
    public AllocatorTraits traits() {
        return SegregatedFitAllocator.traits(BLOCK_BYTES);
    }

    @Override
    public AllocatorStats stats() {
        return new AllocatorStats(isLive ? 1 : 0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public long purge() {
        return 0;
    }

    @Override
    public void validate() {
        // There is nothing that could be wrong.
    }

    @Override
    public void close() {
        // There is nothing to give back.
    }
}
