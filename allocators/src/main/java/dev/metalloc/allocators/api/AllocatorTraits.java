// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

import java.util.Set;

/**
 * What an allocator exports about itself; the classifier matches it against a profile's flags.
 *
 * @param name the allocator's name in policies, such as {@code slab}
 * @param minByteSize smallest request served
 * @param maxByteSize largest request served
 * @param maxByteAlignment largest alignment served, a power of two
 * @param suits flags of programs it is made for
 * @param mustNotGet flags of programs it must not be given
 * @param setUpNanos cost of creating one, in nanoseconds, order of magnitude
 * @param overheadBytesPerBlock metadata per block, wherever it is kept
 * @param freesSingleBlocks whether freeing one block makes its memory usable again before its neighbours are freed
 * @param returnsMemory whether {@link OffHeapAllocator#purge()} can give memory back while blocks are live
 * @param threadModel which threads may call it
 */
public record AllocatorTraits(
        String name,
        long minByteSize,
        long maxByteSize,
        long maxByteAlignment,
        Set<Flag> suits,
        Set<Flag> mustNotGet,
        long setUpNanos,
        double overheadBytesPerBlock,
        boolean freesSingleBlocks,
        boolean returnsMemory,
        ThreadModel threadModel) {

    public AllocatorTraits {
        if (minByteSize < 0 || maxByteSize < minByteSize) {
            throw new IllegalArgumentException(
                    "size range: " + minByteSize + ".." + maxByteSize + " (expected: 0 <= min <= max)");
        }
        if (Long.bitCount(maxByteAlignment) != 1) {
            throw new IllegalArgumentException("maxByteAlignment: " + maxByteAlignment + " (expected: power of two)");
        }
        suits = Set.copyOf(suits);
        mustNotGet = Set.copyOf(mustNotGet);
    }

    /** The same of an allocator that makes this one's blocks safe for other threads, at a cost for each of so many bytes more. */
    public AllocatorTraits shared(ThreadModel model, double moreBytesPerBlock) {
        return new AllocatorTraits(
                name,
                minByteSize,
                maxByteSize,
                maxByteAlignment,
                suits,
                mustNotGet,
                setUpNanos,
                overheadBytesPerBlock + moreBytesPerBlock,
                freesSingleBlocks,
                returnsMemory,
                model);
    }

    public boolean serves(long byteSize, long byteAlignment) {
        return byteSize >= minByteSize && byteSize <= maxByteSize && byteAlignment <= maxByteAlignment;
    }
}
