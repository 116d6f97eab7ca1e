// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.composite;

import dev.metalloc.allocators.api.AllocatorStats;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.FreeOutcome;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.layout.SlowPath;
import dev.metalloc.allocators.source.OffHeapMemory;

/**
 * Routes requests by size to at most four parts; where one cannot serve, the next is asked, unless it was a {@link RefusingAllocator}.
 *
 * <p>Threads: as the strictest part. Frees go to the part that owns the address; an address no part owns goes to the last
 * part, which refuses it, unless that is the system allocator: it owns nothing it can name and so must come last. Closing
 * closes the parts.
 */
/* Implementation notes
 *
 * Parts and limits are single final fields, not arrays: where final fields are trusted as constants the compiler binds each call.
 *
 * Invariants: those of the parts; limit0 < limit1 < limit2; statistics are sums over the parts
 */
public final class CompositeAllocator implements OffHeapAllocator {

    public static final int MAX_PARTS = 4;

    private final OffHeapAllocator part0;
    private final OffHeapAllocator part1;
    private final OffHeapAllocator part2;
    private final OffHeapAllocator part3;
    private final long limit0;
    private final long limit1;
    private final long limit2;
    private final int partCount;
    private final AllocatorTraits traits;

    /**
     * @param parts two to four, none of them twice
     * @param limits one fewer: the largest size in bytes that is asked of each part but the last, ascending
     */
    public CompositeAllocator(OffHeapAllocator[] parts, long[] limits) {
        partCount = parts.length;
        if (partCount < 2 || partCount > MAX_PARTS) {
            throw new IllegalArgumentException("parts: " + partCount + " (expected: 2 to " + MAX_PARTS + ")");
        }
        checkLimits(limits, partCount);
        // Missing parts repeat the last one and are never reached: the limits before them are without bound.
        part0 = parts[0];
        part1 = parts[1];
        part2 = parts[Math.min(2, partCount - 1)];
        part3 = parts[partCount - 1];
        limit0 = limits[0];
        limit1 = partCount > 2 ? limits[1] : Long.MAX_VALUE;
        limit2 = partCount > 3 ? limits[2] : Long.MAX_VALUE;
        traits = CompositeTraits.of(parts);
    }

    private static void checkLimits(long[] limits, int partCount) {
        if (limits.length != partCount - 1) {
            throw new IllegalArgumentException("limits: " + limits.length + " (expected: " + (partCount - 1) + ")");
        }
        for (int i = 0; i < limits.length; i++) {
            if (limits[i] < 0 || (i > 0 && limits[i] <= limits[i - 1])) {
                throw new IllegalArgumentException("limits: " + limits[i] + " (expected: ascending, in bytes)");
            }
        }
    }

    @Override
    public long allocate(long byteSize, long byteAlignment) {
        long address;
        if (byteSize <= limit0) {
            address = part0.allocate(byteSize, byteAlignment);
        } else if (byteSize <= limit1) {
            address = part1.allocate(byteSize, byteAlignment);
        } else if (byteSize <= limit2) {
            address = part2.allocate(byteSize, byteAlignment);
        } else {
            address = part3.allocate(byteSize, byteAlignment);
        }
        return address != NULL ? address : allocateElsewhere(byteSize, byteAlignment, false);
    }

    @Override
    public long allocateZeroed(long byteSize, long byteAlignment) {
        long address;
        if (byteSize <= limit0) {
            address = part0.allocateZeroed(byteSize, byteAlignment);
        } else if (byteSize <= limit1) {
            address = part1.allocateZeroed(byteSize, byteAlignment);
        } else if (byteSize <= limit2) {
            address = part2.allocateZeroed(byteSize, byteAlignment);
        } else {
            address = part3.allocateZeroed(byteSize, byteAlignment);
        }
        return address != NULL ? address : allocateElsewhere(byteSize, byteAlignment, true);
    }

    @SlowPath
    private long allocateElsewhere(long byteSize, long byteAlignment, boolean zeroed) {
        int band = bandOf(byteSize);
        if (byteSize < 0 || part(band) instanceof RefusingAllocator) {
            return NULL;
        }
        for (int i = band + 1; i < partCount; i++) {
            OffHeapAllocator part = part(i);
            long address =
                    zeroed ? part.allocateZeroed(byteSize, byteAlignment) : part.allocate(byteSize, byteAlignment);
            if (address != NULL) {
                return address;
            }
        }
        return NULL;
    }

    private int bandOf(long byteSize) {
        if (byteSize <= limit0) {
            return 0;
        }
        if (byteSize <= limit1) {
            return 1;
        }
        return byteSize <= limit2 ? 2 : 3;
    }

    private OffHeapAllocator part(int i) {
        if (i == 0) {
            return part0;
        }
        if (i == 1) {
            return part1;
        }
        return i == 2 ? part2 : part3;
    }

    @Override
    public FreeOutcome free(long address) {
        if (part0.owns(address)) {
            return part0.free(address);
        }
        if (partCount == 2 || part1.owns(address)) {
            return part1.free(address);
        }
        if (partCount == 3 || part2.owns(address)) {
            return part2.free(address);
        }
        return part3.free(address);
    }

    @Override
    public long reallocate(long address, long byteSize) {
        OffHeapAllocator part = partOf(address);
        if (byteSize < 0) {
            return NULL;
        }
        long moved = part.reallocate(address, byteSize);
        if (moved != NULL) {
            return moved;
        }
        long usable = part.usableSize(address);
        return usable < 0 ? NULL : moveElsewhere(part, address, Math.min(usable, byteSize), byteSize);
    }

    @SlowPath
    private long moveElsewhere(OffHeapAllocator part, long address, long copyBytes, long byteSize) {
        long moved = allocate(byteSize, MIN_ALIGNMENT);
        if (moved != NULL) {
            OffHeapMemory.copy(address, moved, copyBytes);
            part.free(address);
        }
        return moved;
    }

    /** The part that owns the address, else the last. */
    private OffHeapAllocator partOf(long address) {
        for (int i = 0; i < partCount - 1; i++) {
            if (part(i).owns(address)) {
                return part(i);
            }
        }
        return part(partCount - 1);
    }

    @Override
    public boolean owns(long address) {
        if (part0.owns(address) || part1.owns(address)) {
            return true;
        }
        return partCount > 2 && (part2.owns(address) || part3.owns(address));
    }

    @Override
    public long usableSize(long address) {
        return partOf(address).usableSize(address);
    }

    @Override
    public AllocatorTraits traits() {
        return traits;
    }

    @Override
    public AllocatorStats stats() {
        AllocatorStats sum = part0.stats();
        for (int i = 1; i < partCount; i++) {
            sum = sum.plus(part(i).stats());
        }
        return sum;
    }

    @Override
    public long purge() {
        long bytes = 0;
        for (int i = 0; i < partCount; i++) {
            bytes += part(i).purge();
        }
        return bytes;
    }

    @Override
    public void validate() {
        for (int i = 0; i < partCount; i++) {
            part(i).validate();
        }
    }

    @Override
    public void close() {
        for (int i = 0; i < partCount; i++) {
            part(i).close();
        }
    }
}
