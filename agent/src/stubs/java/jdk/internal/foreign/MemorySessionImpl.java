// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.foreign;

import java.lang.foreign.MemorySegment;
import jdk.internal.misc.ScopedMemoryAccess;

/** Compile-only: the members that the runtime calls; never shipped. */
public abstract non-sealed class MemorySessionImpl implements MemorySegment.Scope {
    static ScopedMemoryAccess.ScopedAccessError ALREADY_CLOSED;

    ResourceList resourceList;

    int acquireCount;

    public static native MemorySessionImpl createShared();

    public abstract void close();

    abstract void justClose();

    public abstract void addOrCleanupIfFail(ResourceList.ResourceCleanup resource);

    /** Compile-only. */
    public abstract static class ResourceList {
        abstract void cleanup();

        /** Compile-only. */
        public abstract static class ResourceCleanup {
            static ResourceCleanup CLOSED_LIST;

            ResourceCleanup next;

            public abstract void cleanup();
        }
    }
}
