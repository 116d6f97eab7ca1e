// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

import dev.metalloc.allocators.source.ChunkSource;

/** Makes one kind of allocator; found through {@link java.util.ServiceLoader}, so that third parties can add theirs. */
public interface AllocatorProvider {

    /** Traits with default parameters. */
    AllocatorTraits traits();

    /**
     * Creates an allocator.
     *
     * @throws IllegalArgumentException naming the parameter that is wrong
     */
    OffHeapAllocator create(AllocatorSpec spec, ChunkSource source);
}
