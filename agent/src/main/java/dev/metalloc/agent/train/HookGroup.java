// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.train;

/** Hooks that only make sense together: either all of a group's classes are hooked, or none. */
public enum HookGroup {
    /** {@code sun.misc.Unsafe}: allocate, reallocate, free. */
    UNSAFE,
    /** {@code ByteBuffer.allocateDirect} and what frees such a buffer. */
    DIRECT_BUFFER,
    /** Temporary direct buffers of channels, where the JDK does not allocate them as any other. */
    CHANNEL_BUFFER,
    /** The factories of {@code Arena}. */
    ARENA,
    /** Confined arenas that stay the JDK's own while they are recorded; without them they are wrapped. */
    CONFINED_ARENA,
    /** Memory of segments that the JDK's own arenas hand out. */
    SEGMENT,
    /** Downcall handles of malloc, calloc, realloc and free. */
    DOWNCALL,
    /** Mappings of files and their end. */
    MAPPED_FILE
}
