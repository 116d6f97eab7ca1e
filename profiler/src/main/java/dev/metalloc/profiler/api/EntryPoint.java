// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.api;

/** The API through which off-heap memory is asked for. The ordinal is the number in hot paths, the name the one in files. */
public enum EntryPoint {
    ARENA_CONFINED,
    ARENA_SHARED,
    ARENA_AUTO,
    ARENA_GLOBAL,
    DIRECT_BUFFER,
    UNSAFE,
    /** malloc, calloc, realloc and free linked through the foreign linker. */
    MALLOC_DOWNCALL,
    /** Files mapped into memory: observed, never dispatched. */
    MAPPED_FILE,
    /** Buffers of Netty's allocators, inside chunks that came through another entry point. */
    NETTY,
    /** Buffers of Arrow's allocators, inside memory that came through another entry point. */
    ARROW;

    public boolean isArena() {
        return this == ARENA_CONFINED || this == ARENA_SHARED || this == ARENA_AUTO || this == ARENA_GLOBAL;
    }

    /** Whether its blocks lie in memory that is counted elsewhere. */
    public boolean isPool() {
        return this == NETTY || this == ARROW;
    }

    /** Whether its blocks are no part of an application's sums: those of pools, and mapped files, which are the system's. */
    public boolean isApart() {
        return isPool() || this == MAPPED_FILE;
    }
}
