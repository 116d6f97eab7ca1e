// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.api;

/** Which threads may call an allocator. */
public enum ThreadModel {
    /** One thread at a time; the caller sees to it. */
    CONFINED,
    /** Any thread, one lock inside. */
    LOCKED,
    /** Any thread; parts with a lock each, so that threads that meet at one go apart. */
    STRIPED,
    /** Any thread; each thread allocates without a lock, frees by others are handed to the owner. */
    THREAD_CACHED
}
