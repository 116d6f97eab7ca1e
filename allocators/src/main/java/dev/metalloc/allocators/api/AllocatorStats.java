// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

/**
 * Counts and bytes of an allocator; the parts sum to the whole: {@code usedBytes + freeBytes == committedBytes <= reservedBytes}. Records
 * lie out of line: their bytes are part of none of these.
 *
 * @param allocateCount blocks handed out since creation
 * @param freeCount blocks taken back since creation
 * @param refusedFreeCount frees refused (foreign, double, interior)
 * @param usedBytes usable bytes of live blocks, waste inside blocks included
 * @param freeBytes committed bytes of no live block
 * @param metadataBytes bytes of the allocator's own records, all of which lie beside the memory it serves from: those in mappings of their
 *     own, up to the last page that had to be writable (pages between that were never written, or were given back, are counted), and
 *     those in arrays on the Java heap, by their lengths; without the fields of objects, and 0 where they are not known
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

    /** The same of an allocator that has so many bytes of records more. */
    public AllocatorStats plusMetadata(long byteSize) {
        return new AllocatorStats(
                allocateCount,
                freeCount,
                refusedFreeCount,
                usedBytes,
                freeBytes,
                metadataBytes + byteSize,
                committedBytes,
                peakCommittedBytes,
                reservedBytes);
    }

    public long liveCount() {
        return allocateCount - freeCount;
    }
}
