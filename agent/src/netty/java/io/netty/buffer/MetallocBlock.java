// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package io.netty.buffer;

import io.netty.util.internal.CleanableDirectBuffer;
import java.lang.foreign.MetallocNettyBuffers;
import java.nio.ByteBuffer;

/** A block of the plan's allocator, as Netty's unpooled buffers hold their memory. */
final class MetallocBlock implements CleanableDirectBuffer {

    private final long address;
    private final ByteBuffer buffer;

    private MetallocBlock(long address, ByteBuffer buffer) {
        this.address = address;
        this.buffer = buffer;
    }

    /** Null where the allocator has no memory, or does not serve the size, or the Java heap has no room for the block's view. */
    static MetallocBlock of(int byteSize) {
        long address = MetallocNettyBuffers.allocate(byteSize);
        if (address == 0) {
            return null;
        }
        try {
            return new MetallocBlock(address, MetallocNettyBuffers.view(address, byteSize));
        } catch (OutOfMemoryError fullHeap) {
            MetallocNettyBuffers.free(address);
            return null;
        }
    }

    @Override
    public ByteBuffer buffer() {
        return buffer;
    }

    /** Called once: Netty lets go of it then. */
    @Override
    public void clean() {
        MetallocNettyBuffers.free(address);
    }

    @Override
    public boolean hasMemoryAddress() {
        return true;
    }

    @Override
    public long memoryAddress() {
        return address;
    }
}
