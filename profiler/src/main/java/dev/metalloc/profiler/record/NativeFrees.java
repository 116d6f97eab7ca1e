// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import dev.metalloc.profiler.api.EntryPoint;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Followed blocks that native code freed or resized, by the entry point they came through; any thread.
 *
 * <p>Either their address was handed out again though no free of them was seen, or they were given to the C library's own free through the foreign
 * linker. An allocator in place of the C library's would have been asked to take back what it never had. Most such frees go by unseen: a few of them
 * say that there are many.
 */
final class NativeFrees {
    @SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
    private static final int MALLOC_DOWNCALL = EntryPoint.MALLOC_DOWNCALL.ordinal();

    private final AtomicLongArray counts = new AtomicLongArray(EntryPoint.values().length);

    void add(int entryPoint) {
        counts.getAndIncrement(entryPoint);
    }

    /** Whether a free or a reallocation was the C library's own, of a block that came through another entry point. */
    static boolean isNative(int freedThrough, long meta) {
        return freedThrough == MALLOC_DOWNCALL && BlockMeta.entryPoint(meta) != MALLOC_DOWNCALL;
    }

    long count(int entryPoint) {
        return counts.get(entryPoint);
    }
}
