// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Blocks that are Netty's direct buffers, asked for with their size as the capacity. */
final class BufferBlocks extends Blocks {

    private static final ByteBufAllocator ALLOCATOR = Selection.bufferAllocator();

    private final @Nullable ByteBuf[] buffers;

    BufferBlocks(int count) {
        super(count);
        buffers = new ByteBuf[count];
    }

    @Override
    long allocate(int place, long byteSize) {
        ByteBuf buffer = ALLOCATOR.directBuffer((int) byteSize);
        buffers[place] = buffer;
        return buffer.memoryAddress();
    }

    @Override
    void free(int place) {
        ByteBuf buffer = buffers[place];
        if (buffer == null) {
            throw new IllegalStateException("no block in place " + place);
        }
        buffer.release();
        buffers[place] = null;
    }

    @Override
    boolean isEmpty(int place) {
        return buffers[place] == null;
    }
}
