// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.concurrent;

import org.jspecify.annotations.Nullable;

/**
 * Says which platform thread per-thread state belongs to.
 *
 * <p>Public API does not tell a virtual thread's carrier; where internals may be used this class is replaced by one that
 * answers the carrier.
 */
public final class OwnerThread {

    private OwnerThread() {}

    /** The platform thread that runs the caller, or null where it is not known. */
    public static @Nullable Thread current() {
        Thread thread = Thread.currentThread();
        return thread.isVirtual() ? null : thread;
    }

    /** Id of the platform thread that runs the caller, or one that no platform thread has. */
    public static long currentId() {
        return Thread.currentThread().threadId();
    }
}
