// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.recording;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.system.SystemAllocator;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * So few blocks, of no memory, that each one freed is handed out again at once: an order of events in which a block is
 * live twice shows as more live blocks than there are. Any thread.
 */
final class CountedBlocks implements OffHeapAllocator {

    private static final long FIRST = 1 << 20;

    private final AtomicLongArray isLive;
    private final AtomicLong allocateCount = new AtomicLong();
    private final AtomicLong freeCount = new AtomicLong();

    CountedBlocks(int count) {
        isLive = new AtomicLongArray(count);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        for (int i = 0; i < isLive.length(); i++) {
            if (isLive.compareAndSet(i, 0, 1)) {
                allocateCount.incrementAndGet();
                return FIRST + i * 16L;
            }
        }
        return NULL;
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment);
    }

    @Override
    public FreeOutcome free(long address) {
        if (!isLive.compareAndSet((int) (address - FIRST) / 16, 1, 0)) {
            return FreeOutcome.ALREADY_FREE;
        }
        freeCount.incrementAndGet();
        return FreeOutcome.FREED;
    }

    /** Always moves: the old block is free for others before this returns. */
    @Override
    public long reallocate(long address, long byteSize) {
        long moved = allocate(byteSize, MIN_ALIGNMENT);
        if (moved != NULL) {
            free(address);
            Thread.onSpinWait();
        }
        return moved;
    }

    @Override
    public boolean owns(long address) {
        return address >= FIRST && address < FIRST + isLive.length() * 16L;
    }

    @Override
    public long usableSize(long address) {
        return 16;
    }

    @Override
    public AllocatorTraits traits() {
        return SystemAllocator.defaultTraits();
    }

    @Override
    public AllocatorStats stats() {
        return new AllocatorStats(allocateCount.get(), freeCount.get(), 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    public long purge() {
        return 0;
    }

    @Override
    public void validate() {}

    @Override
    public void close() {}
}
