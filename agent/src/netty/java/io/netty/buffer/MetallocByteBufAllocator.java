// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package io.netty.buffer;

import io.netty.util.internal.PlatformDependent;
import java.lang.foreign.MetallocNettyBuffers;

/**
 * Netty's default allocator where a plan serves its buffers: direct buffers of the plan's sizes from blocks of its own, all others from the
 * allocator that Netty had chosen.
 */
final class MetallocByteBufAllocator extends AbstractByteBufAllocator {

    private final ByteBufAllocator chosen;

    /** @param chosen Netty's own choice; as an object, for whoever defines this class cannot name its type */
    MetallocByteBufAllocator(Object chosen) {
        super(PlatformDependent.directBufferPreferred());
        this.chosen = (ByteBufAllocator) chosen;
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return chosen.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return MetallocNettyBuffers.serves(initialCapacity)
                ? toLeakAwareBuffer(new MetallocByteBuf(chosen, this, initialCapacity, maxCapacity))
                : chosen.directBuffer(initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return chosen.isDirectBufferPooled();
    }

    @Override
    public String toString() {
        return "MetallocByteBufAllocator(over " + chosen + ")";
    }
}
