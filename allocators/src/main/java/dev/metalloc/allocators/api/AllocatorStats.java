// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

/**
 * Counts and bytes of an allocator; the parts sum to the whole:
 * {@code usedBytes + freeBytes + metadataBytes == committedBytes <= reservedBytes}.
 *
 * @param allocateCount blocks handed out since creation
 * @param freeCount blocks taken back since creation
 * @param refusedFreeCount frees refused (foreign, double, interior)
 * @param usedBytes usable bytes of live blocks, waste inside blocks included
 * @param freeBytes committed bytes of no live block
 * @param metadataBytes committed bytes that hold the allocator's own records, if any are kept off-heap
 * @param committedBytes bytes taken from the chunk source and not purged
 * @param peakCommittedBytes high-water mark of the above
 * @param reservedBytes address space held
 */
public record AllocatorStats(
        long allocateCount,
        long freeCount,
        long refusedFreeCount,
        long usedBytes,
        long freeBytes,
        long metadataBytes,
        long committedBytes,
        long peakCommittedBytes,
        long reservedBytes) {

    /** Both together. The peak is that of the sum of peaks: two allocators need not peak at the same time, so it is an upper bound. */
    public AllocatorStats plus(AllocatorStats other) {
        return new AllocatorStats(
                allocateCount + other.allocateCount,
                freeCount + other.freeCount,
                refusedFreeCount + other.refusedFreeCount,
                usedBytes + other.usedBytes,
                freeBytes + other.freeBytes,
                metadataBytes + other.metadataBytes,
                committedBytes + other.committedBytes,
                peakCommittedBytes + other.peakCommittedBytes,
                reservedBytes + other.reservedBytes);
    }

    public long liveCount() {
        return allocateCount - freeCount;
    }
}
