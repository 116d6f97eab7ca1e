// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import java.util.Map;
import java.util.WeakHashMap;
import jdk.internal.vm.annotation.Stable;

/**
 * A class that links malloc and free for blocks that it keeps to itself, and whether all of its frees come to us.
 *
 * <p>Any thread. It gets no block of ours before it has linked a free that finds the way back, and never where it linked one before that does not.
 */
final class MetallocBlockKeeper {

    /** By class; guarded by itself. */
    private static final Map<Class<?>, MetallocBlockKeeper> KEEPERS = new WeakHashMap<>();

    /** A constant to the JIT from the moment on that it is true. */
    @Stable
    private boolean served;

    private boolean barred;

    private MetallocBlockKeeper() {}

    static MetallocBlockKeeper of(Class<?> linking) {
        synchronized (KEEPERS) {
            MetallocBlockKeeper keeper = KEEPERS.get(linking);
            if (keeper == null) {
                keeper = new MetallocBlockKeeper();
                KEEPERS.put(linking, keeper);
            }
            return keeper;
        }
    }

    /** Whether its blocks may be ours; a late view costs nothing but a few blocks of the C library's. */
    boolean isServed() {
        return served;
    }

    /** A free was linked through which our blocks come back. */
    synchronized void linkedFree() {
        served = !barred;
    }

    /** Answers whether there may be blocks of ours already; if not, there will be none. */
    synchronized boolean barUnlessServed() {
        barred |= !served;
        return served;
    }

    /** Whether it never gets a block of ours. */
    synchronized boolean isBarred() {
        return barred;
    }
}
