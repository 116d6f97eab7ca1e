// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.sample;

import dev.metalloc.allocators.api.AllocatorProvider;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.source.ChunkSource;
import java.util.Set;

/** Offers {@link PageAllocator} as {@code pages}. */
public final class PageAllocatorProvider implements AllocatorProvider {

    static final AllocatorTraits TRAITS = new AllocatorTraits(
            "pages",
            0,
            4L << 20,
            64L << 10,
            Set.of(Flag.LARGE, Flag.ALIGNED, Flag.LOW_RATE, Flag.SINGLE_THREAD),
            Set.of(Flag.SMALL, Flag.HUGE),
            100_000,
            4,
            true,
            true,
            ThreadModel.CONFINED);

    @Override
    public AllocatorTraits traits() {
        return TRAITS;
    }

    @Override
    public OffHeapAllocator create(AllocatorSpec spec, ChunkSource source) {
        return new PageAllocator(source, spec.longParameter("regionBytes", 256L << 20));
    }
}
