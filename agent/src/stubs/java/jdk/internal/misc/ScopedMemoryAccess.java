// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package jdk.internal.misc;

import jdk.internal.foreign.MemorySessionImpl;

/** Compile-only: the members that the runtime calls; never shipped. */
public final class ScopedMemoryAccess {
    private ScopedMemoryAccess() {}

    public static native ScopedMemoryAccess getScopedMemoryAccess();

    public native void closeScope(MemorySessionImpl session, ScopedAccessError error);

    /** Compile-only. */
    public static final class ScopedAccessError extends Error {
        private static final long serialVersionUID = 1L;
    }
}
