// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import dev.metalloc.bench.entry.UnsafeCalls;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Blocks that are the JDK's direct buffers, freed by their cleaner at once. */
final class DirectBlocks extends Blocks {

    private final @Nullable ByteBuffer[] buffers;

    DirectBlocks(int count) {
        super(count);
        buffers = new ByteBuffer[count];
    }

    @Override
    long allocate(int place, long byteSize) {
        ByteBuffer buffer = ByteBuffer.allocateDirect((int) byteSize);
        buffers[place] = buffer;
        return MemorySegment.ofBuffer(buffer).address();
    }

    @Override
    void free(int place) {
        ByteBuffer buffer = buffers[place];
        if (buffer == null) {
            throw new IllegalStateException("no block in place " + place);
        }
        buffers[place] = null;
        try {
            UnsafeCalls.INVOKE_CLEANER.invokeExact(buffer);
        } catch (Throwable e) {
            throw new IllegalStateException("a direct buffer could not be freed", e);
        }
    }

    @Override
    boolean isEmpty(int place) {
        return buffers[place] == null;
    }
}
