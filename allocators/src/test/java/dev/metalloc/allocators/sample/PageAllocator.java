// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.sample;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.layout.ArrayBytes;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.OffHeapMemory;
import dev.metalloc.allocators.source.ReservedRegion;
import java.util.BitSet;

/**
 * Serves whole pages, the first free run that fits.
 *
 * <p>Confined.
 */
/* Implementation notes
 *
 * Invariants: a page is used or free;  runs[page] > 0 where a live block starts, and the runs cover the used pages;
 *   4096 * used pages == usedBytes
 */
final class PageAllocator implements OffHeapAllocator {

    private final ReservedRegion region;
    private final long pageBytes;
    private final BitSet used = new BitSet();
    private final BitSet wasStart = new BitSet();
    private final int[] runs;
    private long allocateCount;
    private long freeCount;
    private long refusedFreeCount;

    PageAllocator(ChunkSource source, long regionBytes) {
        pageBytes = source.pageByteSize();
        region = ReservedRegion.reserve(source, regionBytes, pageBytes, traits().maxByteAlignment(), pageBytes);
        runs = new int[(int) (region.byteSize() / pageBytes)];
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        return allocate(byteSize, byteAlignment, true);
    }

    private long allocate(long byteSize, long byteAlignment, boolean zeroed) {
        if (!traits().serves(byteSize, byteAlignment)) {
            return NULL;
        }
        int pages = (int) Math.max(1, (byteSize + pageBytes - 1) / pageBytes);
        int first = findRun(pages, (int) Math.max(1, byteAlignment / pageBytes));
        if (first < 0 || !region.commit(first * pageBytes, (first + pages) * pageBytes, zeroed)) {
            return NULL;
        }
        used.set(first, first + pages);
        wasStart.clear(first, first + pages);
        wasStart.set(first);
        runs[first] = pages;
        allocateCount++;
        return region.base() + first * pageBytes;
    }

    private int findRun(int pages, int alignment) {
        int first = 0;
        while (first + pages <= runs.length) {
            int taken = used.nextSetBit(first);
            if (taken < 0 || taken >= first + pages) {
                return first;
            }
            first = (int) Sizes.alignUp(used.nextClearBit(taken), alignment);
        }
        return -1;
    }

    @Override
    public FreeOutcome free(long address) {
        FreeOutcome outcome = outcome(address);
        if (outcome == FreeOutcome.FREED) {
            int first = pageOf(address);
            used.clear(first, first + runs[first]);
            runs[first] = 0;
            freeCount++;
        } else {
            refusedFreeCount++;
        }
        return outcome;
    }

    private FreeOutcome outcome(long address) {
        if (!owns(address)) {
            return FreeOutcome.FOREIGN;
        }
        if ((address - region.base()) % pageBytes != 0) {
            return FreeOutcome.NOT_A_BLOCK;
        }
        if (runs[pageOf(address)] > 0) {
            return FreeOutcome.FREED;
        }
        return wasStart.get(pageOf(address)) ? FreeOutcome.ALREADY_FREE : FreeOutcome.NOT_A_BLOCK;
    }

    private int pageOf(long address) {
        return (int) ((address - region.base()) / pageBytes);
    }

    @Override
    public long reallocate(long address, long byteSize) {
        long usable = usableSize(address);
        if (usable < 0 || byteSize < 0 || (byteSize <= usable && byteSize > usable - pageBytes)) {
            return usable < 0 || byteSize < 0 ? NULL : address;
        }
        long moved = allocate(byteSize, MIN_ALIGNMENT);
        if (moved != NULL) {
            OffHeapMemory.copy(address, moved, Math.min(usable, byteSize));
            free(address);
        }
        return moved;
    }

    @Override
    public boolean owns(long address) {
        return region.owns(address);
    }

    @Override
    public long usableSize(long address) {
        return outcome(address) == FreeOutcome.FREED ? runs[pageOf(address)] * pageBytes : -1;
    }

    @Override
    public AllocatorTraits traits() {
        return PageAllocatorProvider.TRAITS;
    }

    @Override
    public AllocatorStats stats() {
        long usedBytes = used.cardinality() * pageBytes;
        return new AllocatorStats(
                allocateCount,
                freeCount,
                refusedFreeCount,
                usedBytes,
                region.committedBytes() - usedBytes,
                region.recordBytes() + ArrayBytes.of(runs) + (used.size() + wasStart.size()) / Byte.SIZE,
                region.committedBytes(),
                region.peakCommittedBytes(),
                region.byteSize());
    }

    @Override
    public long purge() {
        long bytes = 0;
        for (int page = used.nextClearBit(0); page < runs.length; ) {
            int taken = used.nextSetBit(page);
            int end = taken < 0 ? runs.length : taken;
            bytes += region.purge(page * pageBytes, end * pageBytes);
            page = used.nextClearBit(end);
        }
        return bytes;
    }

    @Override
    public void validate() {
        region.validate();
        long covered = 0;
        long starts = 0;
        for (int page = 0; page < runs.length; page += Math.max(1, runs[page])) {
            if (runs[page] > 0) {
                check(used.nextClearBit(page) >= page + runs[page], "a live block's pages are used");
                covered += runs[page];
                starts++;
            }
        }
        check(covered == used.cardinality(), "runs cover the used pages");
        check(starts == allocateCount - freeCount, "live blocks == allocated - freed");
    }

    private static void check(boolean holds, String equation) {
        if (!holds) {
            throw new IllegalStateException("pages: broken: " + equation);
        }
    }

    @Override
    public void close() {
        region.release();
    }
}
