// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorProvider;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/** The allocators that can be chosen: the built-in ones, and those that others add. */
final class Candidates {

    private static final List<String> BUILT_IN = List.of("bump", "slab", "buddy", "segregated", "system");

    private Candidates() {}

    static List<AllocatorTraits> traits() {
        List<AllocatorTraits> traits = new ArrayList<>();
        try (ChunkSource source = new MmapChunkSource(Long.MAX_VALUE)) {
            for (String name : BUILT_IN) {
                try (OffHeapAllocator allocator = Allocators.create(AllocatorSpec.of(name), source)) {
                    traits.add(allocator.traits());
                }
            }
        }
        ServiceLoader.load(AllocatorProvider.class).forEach(provider -> traits.add(provider.traits()));
        return traits;
    }
}
