// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package io.netty.buffer;

import io.netty.util.internal.CleanableDirectBuffer;

/** Netty's unpooled direct buffer over blocks of the plan's allocator; all but where its memory comes from is Netty's own. */
final class MetallocByteBuf extends UnpooledDirectByteBuf {

    MetallocByteBuf(ByteBufAllocator allocator, int initialCapacity, int maxCapacity) {
        super(allocator, initialCapacity, maxCapacity);
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
