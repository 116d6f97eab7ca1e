// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorProvider;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.source.MmapChunkSource;
import dev.metalloc.allocators.system.SystemAllocator;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AllocatorsTest {

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);

    private void expect(String message, String allocator, Map<String, String> parameters) {
        IllegalArgumentException e = assertThrows(
                IllegalArgumentException.class,
                () -> Allocators.create(new AllocatorSpec(allocator, parameters), source));
        assertTrue(String.valueOf(e.getMessage()).startsWith(message), e.getMessage());
        assertEquals(0, source.reservedBytes());
    }

    @Test
    void shouldNameTheWrongParameter() {
        expect("allocator: slob", "slob", Map.of());
        expect("slab.clases: unknown", "slab", Map.of("clases", "16"));
        expect("slab.slabBytes: many", "slab", Map.of("slabBytes", "many"));
        expect("slabBytes: 1000", "slab", Map.of("slabBytes", "1000"));
        expect("slabBytes: 4096", "slab", Map.of("slabBytes", "4096"));
        expect("classes: ", "slab", Map.of("classes", "32,16"));
        expect("segregated.lock: maybe", "segregated", Map.of("lock", "maybe"));
        expect("buddy.caching: yes", "buddy", Map.of("caching", "yes"));
        expect("cacheBytes: -1", "segregated", Map.of("caching", "true", "cacheBytes", "-1"));
        expect("stripes: 0", "buddy", Map.of("stripes", "0"));
        expect("maxBlockBytes: ", "segregated", Map.of("maxBlockBytes", "-5"));
        expect("spacing: 12", "segregated", Map.of("spacing", "12"));
        expect("spacing: 128", "segregated", Map.of("spacing", "128"));
        expect("minBlockBytes: 24", "buddy", Map.of("minBlockBytes", "24"));
        expect("chunkBytes: 3", "bump", Map.of("chunkBytes", "3"));
        expect("system.x: unknown", "system", Map.of("x", "1"));
        expect("composite.parts: missing", "composite", Map.of("limits", "5"));
        expect("composite.limits: missing", "composite", Map.of("parts", "slab,buddy"));
        expect("composite.2.x: unknown", "composite", Map.of("parts", "slab,buddy", "limits", "1", "2.x", "1"));
        expect("slab.x: unknown", "composite", Map.of("parts", "buddy,slab", "limits", "100", "1.x", "1"));
        expect("limits: 2", "composite", Map.of("parts", "slab,buddy", "limits", "100,200"));
        expect("limits: 50", "composite", Map.of("parts", "slab,buddy,bump", "limits", "100,50"));
    }

    @Test
    void shouldLockConfinedAllocators() {
        Map<String, String> oneStripe = Map.of("stripes", "1");
        Map<String, Map<String, String>> parameters =
                Map.of("bump", Map.of(), "buddy", oneStripe, "segregated", oneStripe);
        for (String name : parameters.keySet()) {
            try (OffHeapAllocator locked = Allocators.create(new AllocatorSpec(name, parameters.get(name)), source);
                    OffHeapAllocator bare =
                            Allocators.create(new AllocatorSpec(name, Map.of("lock", "false")), source)) {
                assertEquals(ThreadModel.LOCKED, locked.traits().threadModel());
                assertEquals(ThreadModel.CONFINED, bare.traits().threadModel());
            }
        }
    }

    @Test
    void shouldStripeConfinedAllocatorsByTheNumberOfProcessors() {
        boolean isAlone = Runtime.getRuntime().availableProcessors() == 1;
        for (String name : new String[] {"buddy", "segregated"}) {
            try (OffHeapAllocator striped = Allocators.create(AllocatorSpec.of(name), source)) {
                assertEquals(
                        isAlone ? ThreadModel.LOCKED : ThreadModel.STRIPED,
                        striped.traits().threadModel());
            }
        }
    }

    @Test
    void shouldDeriveTheTraitsOfComposites() {
        AllocatorSpec spec =
                new AllocatorSpec("composite", Map.of("parts", "slab,segregated", "limits", "1024", "1.stripes", "4"));
        try (OffHeapAllocator composite = Allocators.create(spec, source)) {
            assertEquals(16L << 20, composite.traits().maxByteSize());
            assertEquals(ThreadModel.STRIPED, composite.traits().threadModel());
        }
    }

    @Test
    void shouldOfferThirdPartiesAllocators() {
        AllocatorCatalog catalog = AllocatorCatalog.of(List.of(new Fancy("fancy")));
        assertEquals(
                List.of("bump", "slab", "buddy", "segregated", "system", "fancy"),
                catalog.traits().stream().map(AllocatorTraits::name).toList());
        assertTrue(catalog.create(AllocatorSpec.of("fancy"), source) instanceof SystemAllocator);
        assertThrows(IllegalStateException.class, () -> AllocatorCatalog.of(List.of(new Fancy("slab"))));
    }

    @Test
    void shouldMakeWhatItsTraitsSay() {
        AllocatorCatalog catalog = AllocatorCatalog.load(ClassLoader.getSystemClassLoader());
        List<String> names = new ArrayList<>();
        for (AllocatorTraits traits : catalog.traits()) {
            names.add(traits.name());
            try (OffHeapAllocator made = catalog.create(AllocatorSpec.of(traits.name()), source)) {
                assertEquals(traits.maxByteSize(), made.traits().maxByteSize());
                assertEquals(traits.name(), made.traits().name());
            }
        }
        assertEquals(List.of("bump", "slab", "buddy", "segregated", "system", "pages"), names);
    }

    private record Fancy(String name) implements AllocatorProvider {
        @Override
        public AllocatorTraits traits() {
            AllocatorTraits t = SystemAllocator.defaultTraits();
            return new AllocatorTraits(
                    name, 0, 100, 16, t.suits(), t.mustNotGet(), 0, 0, true, false, ThreadModel.LOCKED);
        }

        @Override
        public OffHeapAllocator create(AllocatorSpec spec, ChunkSource chunkSource) {
            return new SystemAllocator();
        }
    }
}
