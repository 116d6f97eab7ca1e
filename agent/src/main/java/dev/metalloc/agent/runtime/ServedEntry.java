// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;

/**
 * What serves one entry point: an allocator, and the smallest and largest size that the plan names it for.
 *
 * <p>Any thread. The fields are constants to the JIT where the runtime lives, so each entry point's calls are bound.
 */
public final class ServedEntry {

    /** As malloc on 64-bit Linux: programs rely on it even where they ask for less. */
    private static final long ALIGNMENT = 16;

    private final OffHeapAllocator allocator;
    /** What serves the smallest sizes: the allocator, or its first part. */
    private final OffHeapAllocator first;

    private final String allocatorName;
    private final long minByteSize;
    private final long maxByteSize;
    private final long firstSpan;
    private final MissedCalls missed = new MissedCalls();
    private volatile boolean departed;
    private long countAtStart;

    /**
     * An entry point's allocator, before it serves.
     *
     * @param allocatorName as users know it
     * @param first what serves the smallest sizes: the allocator, or its first part
     * @param firstMaxByteSize the largest size that it is asked for
     */
    public ServedEntry(
            String allocatorName,
            OffHeapAllocator allocator,
            OffHeapAllocator first,
            long minByteSize,
            long firstMaxByteSize,
            long maxByteSize) {
        this.allocatorName = allocatorName;
        this.allocator = allocator;
        this.first = first;
        this.minByteSize = Math.max(1, minByteSize);
        this.maxByteSize = maxByteSize;
        // Below the smallest where the first serves none: then no size passes the one test for both ends.
        this.firstSpan = Math.max(0, Math.min(firstMaxByteSize, first.traits().maxByteSize()) - this.minByteSize + 1);
    }

    /** Whether the size is among those it serves. */
    public boolean covers(long byteSize) {
        return byteSize >= minByteSize && byteSize <= maxByteSize;
    }

    /** As {@link #covers}; a size that it does not serve counts as missed. */
    public boolean coversOrMisses(long byteSize) {
        if (covers(byteSize)) {
            return true;
        }
        missed.add();
        return false;
    }

    /** A block, or 0 where the JDK is to serve it: what is empty, beyond the plan's sizes, or found no memory. */
    public long allocate(long byteSize) {
        long address = allocateFirst(byteSize);
        return address != 0 ? address : allocateElsewhere(byteSize);
    }

    /** A block of the smallest sizes, or 0 where {@link #allocateElsewhere} is to be asked. */
    public long allocateFirst(long byteSize) {
        return Long.compareUnsigned(byteSize - minByteSize, firstSpan) < 0 ? first.allocateWithin(byteSize) : 0;
    }

    /** As {@link #allocate}, for what the first could not serve. */
    public long allocateElsewhere(long byteSize) {
        return byteSize >= minByteSize && byteSize <= maxByteSize ? allocator.allocate(byteSize, ALIGNMENT) : miss();
    }

    private long miss() {
        missed.add();
        return 0;
    }

    /** The block resized, perhaps elsewhere, or 0 where the JDK is to serve it: the old block then lives on. */
    public long reallocate(long address, long byteSize) {
        return byteSize <= maxByteSize ? allocator.reallocate(address, byteSize) : 0;
    }

    /** It is not to serve any more: its use departed from its profile. */
    void depart() {
        departed = true;
    }

    public boolean hasDeparted() {
        return departed;
    }

    /** The smallest size it serves. */
    public long minByteSize() {
        return minByteSize;
    }

    /** Whether the address lies in this allocator's memory. */
    public boolean owns(long address) {
        return allocator.owns(address);
    }

    /** Whether a block of this allocator was freed. */
    public boolean free(long address) {
        return first.freeFast(address) || allocator.free(address) == FreeOutcome.FREED;
    }

    /** Whether a block was freed; false where {@link #free} is to be asked, if the address is this allocator's at all. */
    public boolean freeFast(long address) {
        return first.freeFast(address);
    }

    /** Usable bytes of a live block of this allocator, else -1. */
    public long usableSize(long address) {
        return allocator.owns(address) ? allocator.usableSize(address) : -1;
    }

    /** As {@code slab}, or {@code slab+segregated} where several share the sizes. */
    public String allocatorName() {
        return allocatorName;
    }

    /** What purges the allocator when it had memory to spare for as many looks. */
    public FreeMemoryWatch watch(int looksPerDelay) {
        return new FreeMemoryWatch(allocator, looksPerDelay);
    }

    public AllocatorStats stats() {
        return allocator.stats();
    }

    /** From here on blocks count as the application's. */
    public void start() {
        countAtStart = allocator.stats().allocateCount();
    }

    /** Requests of sizes that the plan does not name. */
    public long missedCount() {
        return missed.count();
    }

    /** Blocks handed out to the application. */
    public long servedCount() {
        return allocator.stats().allocateCount() - countAtStart;
    }
}
