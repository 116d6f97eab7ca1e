// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.loop;

import dev.metalloc.replay.trace.TraceProgram;

/**
 * What a trace is replayed on: an allocator of Metalloc's or of the C world.
 *
 * <p>Threads: as the allocator behind it. Each operation answers as C's does, with 0 where it cannot serve.
 */
public interface ReplayTarget extends AutoCloseable {

    /** Told once, before the clock runs, what will be asked; allocators must not know. */
    default void prepare(TraceProgram program) {}

    long allocate(long byteSize, long byteAlignment, boolean zeroed);

    void free(long address);

    /** The old block lives on where the answer is 0. */
    long reallocate(long address, long byteSize);

    /** Bytes the live block at {@code address} can hold. */
    long usableSize(long address);

    @Override
    void close();
}
