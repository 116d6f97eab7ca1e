// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.concurrent.CachingAllocator;
import dev.metalloc.allocators.concurrent.LockedAllocator;
import dev.metalloc.allocators.debug.CheckingAllocator;
import dev.metalloc.allocators.recording.RecordingAllocator;
import dev.metalloc.allocators.recording.TraceWriter;
import dev.metalloc.allocators.source.ChunkSource;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** All that the suites and the stress run on: a new allocator or layer takes part by one line here. */
final class Subjects {

    private static final AllocatorCatalog CATALOG = AllocatorCatalog.load(Subjects.class.getClassLoader());

    /** Allocators, each with the parameters that matter; without the locks where they may be left out. */
    private static final List<Subject> ALLOCATORS = List.of(
            subject("slab", Map.of()),
            subject("slab", Map.of("classes", "24,100,256,1000,4096,5120,8192,40000,65536", "slabBytes", "131072")),
            // A byte of the map for 256 bytes.
            subject("slab", Map.of("classes", "272,336,1040,4112,32768")),
            subject("slab", Map.of("lock", "false")),
            subject("slab", Map.of("lock", "false", "classes", "272,336,1040,4112,32768")),
            subject("segregated", Map.of("lock", "false")),
            subject("segregated", Map.of("lock", "false", "quickBytes", "0", "spacing", "64")),
            subject("segregated", Map.of("lock", "false", "quickBytes", "20000", "spacing", "16")),
            subject(
                    "segregated",
                    Map.of(
                            "lock",
                            "false",
                            "quickBytes",
                            "16384",
                            "quickShare",
                            "128",
                            "spacing",
                            "4",
                            "sizes",
                            "144,1040,100000,463104,1000000")),
            subject("buddy", Map.of("lock", "false")),
            subject(
                    "buddy",
                    Map.of("lock", "false", "quickBytes", "0", "minBlockBytes", "16", "chunkBytes", "1048576")),
            subject("segregated", Map.of("stripes", "3")),
            subject("buddy", Map.of("stripes", "3")),
            subject("segregated", Map.of("caching", "true")),
            subject("buddy", Map.of("caching", "true", "cacheBytes", "20000")),
            subject("bump", Map.of("lock", "false")),
            subject("bump", Map.of("lock", "false", "chunkBytes", "65536")),
            subject(
                    "composite",
                    Map.of("parts", "slab,segregated", "limits", "1024", "0.classes", "16,48,128,512,1024")),
            subject("composite", Map.of("parts", "bump, slab, buddy, segregated", "limits", "64, 4096, 100000")),
            // A third party's, found through ServiceLoader.
            subject("pages", Map.of()),
            new Subject("system", false, source -> create(AllocatorSpec.of("system"), source)));

    private static final Layer LOCKED = new Layer("locked", LockedAllocator::new);
    private static final Layer CACHING =
            new Layer("caching", inner -> new CachingAllocator(inner, CachingAllocator.DEFAULT_CACHE_BYTES));
    private static final Layer CHECKING = new Layer("checking", CheckingAllocator::new);
    private static final Layer RECORDING = new Layer(
            "recording",
            inner -> new RecordingAllocator(inner, new TraceWriter(OutputStream.nullOutputStream(), Map.of())));

    private static final List<Layer> LAYERS = List.of(LOCKED, CHECKING, RECORDING);

    private Subjects() {}

    /** Each allocator bare. */
    static List<Subject> bare() {
        return ALLOCATORS;
    }

    /** Each allocator bare, under each layer, and under each composition of layers. */
    static List<Subject> all() {
        List<Subject> subjects = new ArrayList<>(ALLOCATORS);
        for (Subject bare : ALLOCATORS) {
            for (Layer layer : LAYERS) {
                subjects.add(bare.under(layer));
            }
            // What a thread keeps back would keep all of a chunk that is only freed as a whole.
            if (bare.traits().freesSingleBlocks()) {
                subjects.add(bare.under(CACHING));
            }
            subjects.add(bare.under(LOCKED).under(CHECKING).under(RECORDING));
            subjects.add(bare.under(RECORDING).under(CHECKING));
        }
        return subjects;
    }

    /** Those of {@link #all} that know their blocks. */
    static List<Subject> withRecords() {
        return all().stream().filter(Subject::keepsRecords).toList();
    }

    /** Those of {@link #all} that any thread may call. */
    static List<Subject> shared() {
        return all().stream()
                .filter(subject -> subject.threadModel() != ThreadModel.CONFINED)
                .toList();
    }

    /** Those of {@link #shared} that know their blocks. */
    static List<Subject> sharedWithRecords() {
        return shared().stream().filter(Subject::keepsRecords).toList();
    }

    /** Bare ones that know their blocks. */
    static List<Subject> bareWithRecords() {
        return ALLOCATORS.stream().filter(Subject::keepsRecords).toList();
    }

    /** Bare ones in which threads meet without a lock. */
    static List<Subject> threadCached() {
        return ALLOCATORS.stream()
                .filter(subject -> subject.threadModel() == ThreadModel.THREAD_CACHED)
                .toList();
    }

    private static Subject subject(String allocator, Map<String, String> parameters) {
        AllocatorSpec spec = new AllocatorSpec(allocator, parameters);
        return new Subject(nameOf(spec), true, source -> create(spec, source));
    }

    private static OffHeapAllocator create(AllocatorSpec spec, ChunkSource source) {
        return CATALOG.create(spec, source);
    }

    /** The allocator and its parameters, but for those that only take a lock away. */
    private static String nameOf(AllocatorSpec spec) {
        StringBuilder name = new StringBuilder(spec.allocator());
        spec.parameters().keySet().stream()
                .filter(key -> !key.equals("lock"))
                .sorted()
                .forEach(key -> name.append(' ')
                        .append(key)
                        .append('=')
                        .append(spec.parameters().get(key)));
        return name.toString();
    }
}
