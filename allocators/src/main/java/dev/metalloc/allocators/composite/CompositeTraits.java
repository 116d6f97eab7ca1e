// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.composite;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import java.util.EnumSet;

/**
 * Derives a composite's traits from its parts'.
 *
 * <p>It serves what its last part serves, which is asked in the end for any size and alignment; it suits what any part suits, must not get what every part must not get, and is as strict about
 * threads as its strictest part; set-up costs add up, the overhead is that of the worst part.
 */
final class CompositeTraits {

    private CompositeTraits() {}

    static AllocatorTraits of(OffHeapAllocator[] parts) {
        AllocatorTraits first = parts[0].traits();
        EnumSet<Flag> suits = EnumSet.noneOf(Flag.class);
        EnumSet<Flag> mustNotGet = EnumSet.allOf(Flag.class);
        long least = first.minByteSize();
        AllocatorTraits last = parts[parts.length - 1].traits();
        long setUpNanos = 0;
        double overhead = 0;
        boolean freesSingleBlocks = true;
        boolean returnsMemory = false;
        ThreadModel threads = ThreadModel.THREAD_CACHED;
        for (OffHeapAllocator part : parts) {
            AllocatorTraits t = part.traits();
            suits.addAll(t.suits());
            mustNotGet.retainAll(t.mustNotGet());
            least = Math.min(least, t.minByteSize());
            setUpNanos += t.setUpNanos();
            overhead = Math.max(overhead, t.overheadBytesPerBlock());
            freesSingleBlocks &= t.freesSingleBlocks();
            returnsMemory |= t.returnsMemory();
            // The enum ascends from the strictest.
            threads = t.threadModel().compareTo(threads) < 0 ? t.threadModel() : threads;
        }
        suits.removeAll(mustNotGet);
        return new AllocatorTraits(
                "composite",
                least,
                last.maxByteSize(),
                last.maxByteAlignment(),
                suits,
                mustNotGet,
                setUpNanos,
                overhead,
                freesSingleBlocks,
                returnsMemory,
                threads);
    }
}
