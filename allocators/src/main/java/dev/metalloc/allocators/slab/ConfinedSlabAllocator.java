// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.slab;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.HashSet;
import java.util.Set;

/**
 * Serves few sizes to one thread, or to callers who take turns under a lock: as {@link SlabAllocator}, without asking who calls and
 * whose a slab is.
 *
 * <p>Confined. Use after {@link #close()} is undefined.
 */
public final class ConfinedSlabAllocator extends SlabMemory {

    private static final Set<Flag> THREADS = Set.of(
            Flag.MANY_THREADS, Flag.VIRTUAL_THREADS, Flag.THREAD_CHURN, Flag.REMOTE_FREE, Flag.PRODUCER_CONSUMER);

    private final SlabHeap heap;

    /**
     * @param slabBytes a power of two from a page to 1 MiB, not below the largest class
     * @param regionBytes address space to reserve; less is taken where there is not so much
     */
    public ConfinedSlabAllocator(ChunkSource source, SizeClasses classes, long slabBytes, long regionBytes) {
        super(source, classes, slabBytes, regionBytes, traits(classes));
        this.heap = new SlabHeap(classes, pool, map, refusedFreeCount, null, SlabHeap.SHARED, 0);
    }

    public static AllocatorTraits traits(SizeClasses classes) {
        AllocatorTraits shared = SlabAllocator.traits(classes);
        Set<Flag> suits = new HashSet<>(shared.suits());
        suits.removeAll(THREADS);
        return new AllocatorTraits(
                shared.name(),
                shared.minByteSize(),
                shared.maxByteSize(),
                shared.maxByteAlignment(),
                suits,
                shared.mustNotGet(),
                shared.setUpNanos(),
                shared.overheadBytesPerBlock(),
                shared.freesSingleBlocks(),
                shared.returnsMemory(),
                ThreadModel.CONFINED);
    }

    @Override
    long allocateBlock(int sizeClass) {
        long address = heap.pop(sizeClass);
        if (address == NULL) {
            return heap.allocateSlow(sizeClass, 0);
        }
        mark(address);
        return address;
    }

    @Override
    long allocateZeroedBlock(int sizeClass, int zeroBytes) {
        long address = heap.pop(sizeClass);
        if (address == NULL) {
            return heap.allocateSlow(sizeClass, zeroBytes);
        }
        mark(address);
        OffHeapMemory.zeroGranules(address, zeroBytes);
        return address;
    }

    @Override
    public FreeOutcome free(long address) {
        long offset = address - base;
        if (Long.compareUnsigned(offset, mappedBytes) < 0 && BlockMap.isAligned(address)) {
            long mark = markAddress(address);
            if (OffHeapMemory.readByte(mark) == markFor(address)) {
                OffHeapMemory.writeByte(mark, (byte) 0);
                push(heap, classOfSlab[(int) (offset >>> slabShift)], address);
                return FreeOutcome.FREED;
            }
        }
        return refused(address);
    }

    @Override
    public AllocatorStats stats() {
        return stats(
                heap.allocateCount(),
                pool.outCount() - heap.cachedCount(),
                pool.outBytes() - heap.cachedBytes(),
                heap.heldBytes());
    }

    @Override
    public long purge() {
        heap.releaseEmpty();
        return pool.purge();
    }

    @Override
    public void validate() {
        pool.validate();
        heap.validate();
        validateMap(heap.cachedCount());
    }
}
