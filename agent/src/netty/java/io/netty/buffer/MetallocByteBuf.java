// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package io.netty.buffer;

import io.netty.util.internal.CleanableDirectBuffer;

/**
 * Netty's unpooled direct buffer over blocks of the plan's allocator; all but where its memory comes from is Netty's own.
 *
 * <p>It names the allocator that Netty chose as its own: libraries, Vert.x for one, tell by its class whether a buffer has to be released, and leave
 * those of classes that they do not know to the collector, which would never free this one's block.
 */
final class MetallocByteBuf extends UnpooledDirectByteBuf {

    private final ByteBufAllocator copies;

    /**
     * @param chosen what Netty had chosen
     * @param copies who allocates copies of this buffer
     */
    MetallocByteBuf(ByteBufAllocator chosen, ByteBufAllocator copies, int initialCapacity, int maxCapacity) {
        super(chosen, initialCapacity, maxCapacity);
        this.copies = copies;
    }

    @Override
    public ByteBuf copy(int index, int length) {
        checkIndex(index, length);
        return copies.directBuffer(length, maxCapacity()).writeBytes(this, index, length);
    }

    @Override
    protected CleanableDirectBuffer allocateDirectBuffer(int capacity) {
        MetallocBlock block = MetallocBlock.of(capacity);
        return block == null ? super.allocateDirectBuffer(capacity) : block;
    }

    @Override
    CleanableDirectBuffer allocateDirectBuffer(int capacity, boolean permitExpensiveClean) {
        MetallocBlock block = MetallocBlock.of(capacity);
        return block == null ? super.allocateDirectBuffer(capacity, permitExpensiveClean) : block;
    }
}
