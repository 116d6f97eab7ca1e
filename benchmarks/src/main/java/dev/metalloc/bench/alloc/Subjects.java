// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.api.ThreadModel;
import dev.metalloc.allocators.source.MmapChunkSource;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All subjects by name.
 *
 * <p>Ours are made as the agent makes them, by {@link Allocators}. A name without {@code -locked}, {@code -striped} or {@code -caching} is
 * the bare allocator where it is confined to one thread; slab and composite serve any thread as they are.
 */
public final class Subjects {

    /** The loop without an allocator. */
    public static final String NONE = "none";

    static final String UNSAFE = "unsafe";
    /** Direct buffers of the JDK: not in the suite, which measures allocators, but in the entry points' tables. */
    static final String DIRECT = "direct";

    static final String POOLED = "pooled";
    static final String ADAPTIVE = "adaptive";

    private static final Map<String, AllocatorSpec> OURS = ours();

    private Subjects() {}

    private static Map<String, AllocatorSpec> ours() {
        Map<String, AllocatorSpec> specs = new LinkedHashMap<>();
        specs.put("slab", AllocatorSpec.of("slab"));
        specs.put("bump", new AllocatorSpec("bump", Map.of("lock", "false", "chunkBytes", "4194304")));
        specs.put("segregated", new AllocatorSpec("segregated", Map.of("lock", "false")));
        specs.put("buddy", new AllocatorSpec("buddy", Map.of("lock", "false")));
        specs.put("composite", new AllocatorSpec("composite", Map.of("parts", "slab,segregated", "limits", "32768")));
        specs.put("segregated-caching", new AllocatorSpec("segregated", Map.of("caching", "true")));
        specs.put("buddy-caching", new AllocatorSpec("buddy", Map.of("caching", "true")));
        specs.put("bump-locked", new AllocatorSpec("bump", Map.of("chunkBytes", "4194304")));
        specs.put("segregated-striped", AllocatorSpec.of("segregated"));
        specs.put("buddy-striped", AllocatorSpec.of("buddy"));
        return specs;
    }

    /** Every name: ours, the loop without an allocator, the peers. */
    public static List<String> names() {
        List<String> names = new ArrayList<>(OURS.keySet());
        names.add(NONE);
        names.add(UNSAFE);
        for (NativePeer peer : NativePeer.ALL) {
            names.add(peer.label());
        }
        names.add(POOLED);
        names.add(ADAPTIVE);
        return names;
    }

    public static boolean isOurs(String name) {
        return OURS.containsKey(name);
    }

    /** Whether its blocks are buffers rather than addresses. */
    static boolean isBuffered(String name) {
        return name.equals(POOLED) || name.equals(ADAPTIVE);
    }

    /** Why a subject cannot be measured on this machine, or nothing where it can. */
    public static Optional<String> absence(String name) {
        return nativePeer(name).flatMap(NativePeer::absence);
    }

    /** Whether a subject may be given blocks of this size from this number of threads. */
    public static boolean serves(String name, long byteSize, int threads) {
        AllocatorSpec spec = OURS.get(name);
        if (spec == null) {
            return true;
        }
        try (OffHeapAllocator allocator = create(spec)) {
            AllocatorTraits traits = allocator.traits();
            return byteSize <= traits.maxByteSize() && (threads == 1 || traits.threadModel() != ThreadModel.CONFINED);
        }
    }

    /**
     * Makes a subject whose blocks are addresses.
     *
     * @throws IllegalStateException where there is none of that name, or it is absent
     */
    static Subject addressSubject(String name) {
        AllocatorSpec spec = OURS.get(name);
        if (spec != null) {
            return new AllocatorSubject(create(spec));
        }
        if (name.equals(NONE)) {
            return new NoAllocator(LinkedSubject.unsafe().allocate(1));
        }
        if (name.equals(UNSAFE)) {
            return LinkedSubject.unsafe();
        }
        return nativePeer(name)
                .orElseThrow(
                        () -> new IllegalStateException("subject: " + name + " (expected: one of " + names() + ")"))
                .subject();
    }

    /** Netty's allocator of that name, with the thread caches it has for its own threads. */
    static ByteBufAllocator bufferAllocator(String name) {
        return name.equals(POOLED) ? PooledByteBufAllocator.DEFAULT : new AdaptiveByteBufAllocator(true, true);
    }

    private static OffHeapAllocator create(AllocatorSpec spec) {
        return Allocators.create(spec, new MmapChunkSource(Long.MAX_VALUE));
    }

    private static Optional<NativePeer> nativePeer(String name) {
        for (NativePeer peer : NativePeer.ALL) {
            if (peer.label().equals(name)) {
                return Optional.of(peer);
            }
        }
        return Optional.empty();
    }
}
