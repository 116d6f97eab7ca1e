// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.function.Function;

/**
 * An allocator, bare or under layers, that the suites run on.
 *
 * @param keepsRecords false for the system allocator, which knows nothing of its blocks
 */
record Subject(String name, boolean keepsRecords, Function<ChunkSource, OffHeapAllocator> recipe) {

    OffHeapAllocator create(ChunkSource source) {
        return recipe.apply(source);
    }

    Subject under(Layer layer) {
        return new Subject(
                layer.name() + " over " + name,
                keepsRecords,
                source -> layer.over().apply(create(source)));
    }

    ThreadModel threadModel() {
        return traits().threadModel();
    }

    AllocatorTraits traits() {
        try (MmapChunkSource source = new MmapChunkSource(1L << 30);
                OffHeapAllocator allocator = create(source)) {
            return allocator.traits();
        }
    }

    @Override
    public String toString() {
        return name;
    }
}
