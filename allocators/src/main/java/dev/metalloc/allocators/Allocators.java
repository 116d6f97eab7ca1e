// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.bump.BumpAllocator;
import dev.metalloc.allocators.composite.CompositeAllocator;
import dev.metalloc.allocators.concurrent.CachingAllocator;
import dev.metalloc.allocators.concurrent.LockedAllocator;
import dev.metalloc.allocators.concurrent.StripedAllocator;
import dev.metalloc.allocators.layout.SizeClasses;
import dev.metalloc.allocators.layout.Sizes;
import dev.metalloc.allocators.slab.ConfinedSlabAllocator;
import dev.metalloc.allocators.slab.SlabAllocator;
import dev.metalloc.allocators.source.ChunkSource;
import dev.metalloc.allocators.system.SystemAllocator;
import java.util.HashMap;
import java.util.Map;

/**
 * Makes the built-in allocators from their specifications: the only class that knows them all.
 *
 * <p>Any thread. What it makes may be called by any thread too, unless {@code lock=false} asks for a bare confined one.
 *
 * <p>Parameters (sizes in bytes):
 *
 * <ul>
 *   <li>{@code slab}: {@code classes} (ascending sizes, comma-separated), {@code slabBytes}, {@code regionBytes}, {@code lock} (false
 *       for one thread alone)
 *   <li>{@code segregated}: {@code maxBlockBytes}, {@code regionBytes}, {@code quickBytes}, {@code quickShare}, {@code spacing} (sizes
 *       for each doubling below 64 KiB, a power of two), {@code sizes} (more of them, comma-separated), {@code hugeBytes}
 *       (memory in pages of 2 MiB, from the start), {@code lock}, {@code stripes}, {@code caching}, {@code cacheBytes}
 *   <li>{@code buddy}: {@code minBlockBytes}, {@code chunkBytes} (largest block), {@code regionBytes}, {@code quickBytes},
 *       {@code lock}, {@code stripes}, {@code caching}, {@code cacheBytes}
 *   <li>{@code bump}: {@code chunkBytes} (four times the largest block), {@code regionBytes}, {@code lock}
 *   <li>{@code system}: none
 *   <li>{@code composite}: {@code parts} (names, comma-separated), {@code limits} (largest size of each part but the last),
 *       and {@code <index>.<parameter>} for a parameter of a part
 * </ul>
 *
 * <p>Freed blocks are kept whole for the next request of their size. Before more memory is committed they coalesce, where they hold more
 * than {@code quickBytes} and than 1/128 of committed memory ({@code segregated}: one part in {@code quickShare}). {@code quickBytes=0}
 * coalesces at once, and with {@code spacing=64} takes the least memory.
 *
 * <p>Threads that meet at a lock go apart, each to a part of its own, of which there are up to {@code stripes}, as many as processors if
 * nothing is said. {@code caching=true} puts magazines for each thread in front of a lock, in place of the lock alone; {@code cacheBytes} are
 * the most that one thread keeps.
 */
public final class Allocators {

    private Allocators() {}

    public static boolean isBuiltIn(String name) {
        return name.equals("slab")
                || name.equals("segregated")
                || name.equals("buddy")
                || name.equals("bump")
                || name.equals("system")
                || name.equals("composite");
    }

    /**
     * Creates the allocator that a specification asks for.
     *
     * @throws IllegalArgumentException naming the allocator or parameter that is wrong
     */
    public static OffHeapAllocator create(AllocatorSpec spec, ChunkSource source) {
        String name = spec.allocator();
        if (name.equals("slab")) {
            return slab(spec, source);
        }
        if (name.equals("segregated")) {
            return segregated(spec, source);
        }
        if (name.equals("buddy")) {
            return buddy(spec, source);
        }
        if (name.equals("bump")) {
            return bump(spec, source);
        }
        if (name.equals("system")) {
            return system(spec);
        }
        if (name.equals("composite")) {
            return composite(spec, source);
        }
        throw new IllegalArgumentException("allocator: " + name + " (expected: a built-in one)");
    }

    private static OffHeapAllocator slab(AllocatorSpec spec, ChunkSource source) {
        Parameters parameters = new Parameters(spec, "classes", "slabBytes", "regionBytes", "lock");
        String text = parameters.text("classes", "");
        SizeClasses classes = text.isEmpty() ? SizeClasses.geometric() : SizeClasses.parse(text);
        long slabBytes = parameters.number("slabBytes", SlabAllocator.DEFAULT_SLAB_BYTES);
        long regionBytes = parameters.number("regionBytes", SlabAllocator.DEFAULT_REGION_BYTES);
        return parameters.flag("lock", true)
                ? new SlabAllocator(source, classes, slabBytes, regionBytes)
                : new ConfinedSlabAllocator(source, classes, slabBytes, regionBytes);
    }

    private static OffHeapAllocator segregated(AllocatorSpec spec, ChunkSource source) {
        Parameters parameters = new Parameters(
                spec,
                "maxBlockBytes",
                "regionBytes",
                "quickBytes",
                "quickShare",
                "spacing",
                "sizes",
                "hugeBytes",
                "lock",
                "stripes",
                "caching",
                "cacheBytes");
        return shared(parameters, new ConfinedMaker(parameters, source));
    }

    private static OffHeapAllocator buddy(AllocatorSpec spec, ChunkSource source) {
        Parameters parameters = new Parameters(
                spec,
                "minBlockBytes",
                "chunkBytes",
                "regionBytes",
                "quickBytes",
                "lock",
                "stripes",
                "caching",
                "cacheBytes");
        return shared(parameters, new ConfinedMaker(parameters, source));
    }

    private static OffHeapAllocator shared(Parameters parameters, ConfinedMaker maker) {
        long cacheBytes = Sizes.requireRange(
                "cacheBytes", parameters.number("cacheBytes", CachingAllocator.DEFAULT_CACHE_BYTES), 0, 1L << 40);
        long stripes = Sizes.requireRange(
                "stripes",
                parameters.number("stripes", Runtime.getRuntime().availableProcessors()),
                1,
                Integer.MAX_VALUE);
        boolean isLocked = parameters.flag("lock", true);
        if (parameters.flag("caching", false)) {
            return new CachingAllocator(maker.make(0), cacheBytes);
        }
        return isLocked ? new StripedAllocator(maker, (int) stripes) : maker.make(0);
    }

    private static OffHeapAllocator bump(AllocatorSpec spec, ChunkSource source) {
        Parameters parameters = new Parameters(spec, "chunkBytes", "regionBytes", "lock");
        BumpAllocator confined = new BumpAllocator(
                source,
                parameters.number("chunkBytes", BumpAllocator.DEFAULT_CHUNK_BYTES),
                parameters.number("regionBytes", BumpAllocator.DEFAULT_REGION_BYTES));
        return parameters.flag("lock", true) ? new LockedAllocator(confined) : confined;
    }

    private static OffHeapAllocator system(AllocatorSpec spec) {
        Parameters.requireNone(spec);
        return new SystemAllocator();
    }

    private static OffHeapAllocator composite(AllocatorSpec spec, ChunkSource source) {
        String[] names = list(spec, "parts");
        String[] limitTexts = list(spec, "limits");
        long[] limits = new long[limitTexts.length];
        for (int i = 0; i < limits.length; i++) {
            limits[i] = limit(limitTexts[i].trim());
        }
        requireKnown(spec, names.length);
        OffHeapAllocator[] parts = new OffHeapAllocator[names.length];
        int made = 0;
        try {
            for (; made < parts.length; made++) {
                parts[made] = create(new AllocatorSpec(names[made].trim(), parametersOf(made, spec)), source);
            }
            return new CompositeAllocator(parts, limits);
        } catch (IllegalArgumentException e) {
            for (int i = 0; i < made; i++) {
                parts[i].close();
            }
            throw e;
        }
    }

    private static void requireKnown(AllocatorSpec spec, int partCount) {
        for (String name : spec.parameters().keySet()) {
            boolean isKnown = name.equals("parts") || name.equals("limits");
            for (int i = 0; i < partCount; i++) {
                isKnown |= name.startsWith(i + ".");
            }
            if (!isKnown) {
                throw new IllegalArgumentException("composite." + name
                        + ": unknown parameter (expected: parts, limits, <part index>.<parameter>)");
            }
        }
    }

    private static String[] list(AllocatorSpec spec, String name) {
        String text = spec.parameters().get(name);
        if (text == null) {
            throw new IllegalArgumentException("composite." + name + ": missing (expected: a comma-separated list)");
        }
        return text.split(",", -1);
    }

    private static long limit(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("composite.limits: " + text + " (expected: a whole number)", e);
        }
    }

    private static Map<String, String> parametersOf(int part, AllocatorSpec spec) {
        String prefix = part + ".";
        Map<String, String> parameters = new HashMap<>();
        for (Map.Entry<String, String> entry : spec.parameters().entrySet()) {
            if (entry.getKey().startsWith(prefix)) {
                parameters.put(entry.getKey().substring(prefix.length()), entry.getValue());
            }
        }
        return parameters;
    }
}
