// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.system;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.source.NativeHeap;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Passes everything to the C library: the end of the line for what no other allocator serves.
 *
 * <p>Any thread. It keeps no record of its blocks, so unlike the others it cannot tell its own from foreign ones:
 * {@link #owns} always answers false, and {@link #free}, {@link #reallocate} and {@link #usableSize} take it on trust that
 * the address is a live block of malloc's; anything else is undefined, as in C. It is not bounded by a chunk source, and
 * {@link #close()} leaves live blocks alone.
 */
public final class SystemAllocator implements OffHeapAllocator {

    private static final long MAX_BYTES = Long.MAX_VALUE / 2;
    private static final long MAX_ALIGNMENT = 1L << 30;

    private final AtomicLong allocateCount = new AtomicLong();
    private final AtomicLong freeCount = new AtomicLong();
    private final AtomicLong usedBytes = new AtomicLong();
    private final AtomicLong peakUsedBytes = new AtomicLong();

    /** The traits, which have no parameters. */
    public static AllocatorTraits defaultTraits() {
        return new AllocatorTraits(
                "system",
                0,
                MAX_BYTES,
                MAX_ALIGNMENT,
                Set.of(Flag.HUGE, Flag.LARGE, Flag.LOW_RATE, Flag.GROWING, Flag.SHORT_RUN),
                Set.of(),
                0,
                // glibc's header.
                8,
                true,
                false,
                ThreadModel.LOCKED);
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        if (byteSize < 0 || byteSize > MAX_BYTES) {
            return NULL;
        }
        return byteAlignment <= MIN_ALIGNMENT
                ? counted(NativeHeap.malloc(Math.max(1, byteSize)))
                : allocateAligned(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        if (byteSize < 0 || byteSize > MAX_BYTES) {
            return NULL;
        }
        return byteAlignment <= MIN_ALIGNMENT
                ? counted(NativeHeap.calloc(Math.max(1, byteSize)))
                : allocateAligned(byteSize, byteAlignment, true);
    }

    private long allocateAligned(long byteSize, long byteAlignment, boolean zeroed) {
        if (byteAlignment > MAX_ALIGNMENT || !Sizes.isPowerOfTwo(byteAlignment)) {
            return NULL;
        }
        long rounded = Sizes.alignUp(Math.max(1, byteSize), byteAlignment);
        long address = NativeHeap.alignedAlloc(byteAlignment, rounded);
        if (address != NULL && zeroed) {
            OffHeapMemory.zeroGranules(address, rounded);
        }
        return counted(address);
    }

    private long counted(long address) {
        if (address != NULL) {
            allocateCount.incrementAndGet();
            addUsed(NativeHeap.usableSize(address));
        }
        return address;
    }

    private void addUsed(long byteSize) {
        long used = usedBytes.addAndGet(byteSize);
        long peak = peakUsedBytes.get();
        while (used > peak && !peakUsedBytes.compareAndSet(peak, used)) {
            peak = peakUsedBytes.get();
        }
    }

    /** Frees a block of malloc's; never refuses but address 0, since it cannot tell. */
    @Override
    public FreeOutcome free(long address) {
        if (address == NULL) {
            return FreeOutcome.FOREIGN;
        }
        usedBytes.addAndGet(-NativeHeap.usableSize(address));
        freeCount.incrementAndGet();
        NativeHeap.free(address);
        return FreeOutcome.FREED;
    }

    @Override
    public long reallocate(long address, long byteSize) {
        if (address == NULL || byteSize < 0 || byteSize > MAX_BYTES) {
            return NULL;
        }
        long before = NativeHeap.usableSize(address);
        long moved = NativeHeap.realloc(address, Math.max(1, byteSize));
        if (moved != NULL) {
            addUsed(NativeHeap.usableSize(moved) - before);
        }
        return moved;
    }

    /** Always false: what it handed out is not known. */
    @Override
    public boolean owns(long address) {
        return false;
    }

    @Override
    public long usableSize(long address) {
        return address == NULL ? -1 : NativeHeap.usableSize(address);
    }

    @Override
    public AllocatorTraits traits() {
        return defaultTraits();
    }

    /** What the C library holds besides live blocks is not known: committed is used here. */
    @Override
    public AllocatorStats stats() {
        long used = usedBytes.get();
        return new AllocatorStats(allocateCount.get(), freeCount.get(), 0, used, 0, 0, used, peakUsedBytes.get(), used);
    }

    @Override
    public long purge() {
        return 0;
    }

    @Override
    public void validate() {
        if (freeCount.get() > allocateCount.get()) {
            throw new IllegalStateException("system: broken: freed blocks <= allocated blocks");
        }
    }

    @Override
    public void close() {}
}
