// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.AllocatorProvider;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.buddy.BuddyAllocator;
import dev.metalloc.allocators.bump.BumpAllocator;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.segregated.SegregatedFitAllocator;
import dev.metalloc.allocators.slab.SlabAllocator;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.system.SystemAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;

/**
 * All allocators there are: the built-in ones and those of third parties, found by {@link ServiceLoader}.
 *
 * <p>Immutable. For the classifier and for tools; what runs below the application uses {@link Allocators}.
 */
public final class AllocatorCatalog {

    private final List<AllocatorProvider> providers;

    private AllocatorCatalog(List<AllocatorProvider> providers) {
        this.providers = providers;
    }

    /**
     * Looks for third parties' allocators with a class loader.
     *
     * @throws IllegalStateException where two have one name
     */
    public static AllocatorCatalog load(ClassLoader loader) {
        List<AllocatorProvider> providers = new ArrayList<>();
        for (AllocatorProvider provider : ServiceLoader.load(AllocatorProvider.class, loader)) {
            providers.add(provider);
        }
        return of(providers);
    }

    /**
     * The built-in allocators and those given.
     *
     * @throws IllegalStateException where two have one name
     */
    public static AllocatorCatalog of(List<AllocatorProvider> providers) {
        List<String> names = new ArrayList<>();
        for (AllocatorProvider provider : providers) {
            String name = provider.traits().name();
            if (Allocators.isBuiltIn(name) || names.contains(name)) {
                throw new IllegalStateException("allocator: " + name + " is there twice (rename one of them)");
            }
            names.add(name);
        }
        return new AllocatorCatalog(List.copyOf(providers));
    }

    /** Traits of each allocator with default parameters; composites are derived from parts and are not listed. */
    public List<AllocatorTraits> traits() {
        List<AllocatorTraits> traits = new ArrayList<>();
        traits.add(BumpAllocator.traits(BumpAllocator.DEFAULT_CHUNK_BYTES));
        traits.add(SlabAllocator.traits(SizeClasses.geometric()));
        traits.add(BuddyAllocator.traits(BuddyAllocator.DEFAULT_CHUNK_BYTES));
        traits.add(SegregatedFitAllocator.traits(SegregatedFitAllocator.DEFAULT_MAX_BLOCK_BYTES));
        traits.add(SystemAllocator.defaultTraits());
        for (AllocatorProvider provider : providers) {
            traits.add(provider.traits());
        }
        return traits;
    }

    /**
     * Creates an allocator by name; parts of a composite are built-in ones.
     *
     * @throws IllegalArgumentException naming the allocator or parameter that is wrong
     */
    public OffHeapAllocator create(AllocatorSpec spec, ChunkSource source) {
        for (AllocatorProvider provider : providers) {
            if (provider.traits().name().equals(spec.allocator())) {
                return provider.create(spec, source);
            }
        }
        return Allocators.create(spec, source);
    }
}
