// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.buffers;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.buffer.UnpooledDirectByteBuf;
import io.netty.util.internal.CleanableDirectBuffer;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Netty's unpooled buffers over blocks of an allocator of ours; as little between the two as Netty's public classes allow. */
final class BlockByteBufAllocator extends AbstractByteBufAllocator {

    private static final long CHUNK_BYTES = 1L << 36;

    private final OffHeapAllocator allocator;
    /** Handed out again and again, or null. */
    private final @Nullable SameBlock same;

    private BlockByteBufAllocator(OffHeapAllocator allocator, @Nullable SameBlock same) {
        super(true);
        this.allocator = allocator;
        this.same = same;
    }

    /** The buffers without an allocator: every one is over the same block. What these cost no allocator can win back. */
    static BlockByteBufAllocator floor(int byteSize) {
        BlockByteBufAllocator ours = make();
        return new BlockByteBufAllocator(
                ours.allocator, new SameBlock(ours.block(byteSize).buffer()));
    }

    /** What a policy would give a program of many sizes: slabs for the small ones, a good fit for the others. */
    static BlockByteBufAllocator make() {
        AllocatorSpec spec = new AllocatorSpec("composite", Map.of("parts", "slab,segregated", "limits", "32768"));
        return new BlockByteBufAllocator(Allocators.create(spec, new MmapChunkSource(CHUNK_BYTES)), null);
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        return new BlockByteBuf(this, initialCapacity, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    private Block block(int byteSize) {
        long address = allocator.allocate(byteSize, 16);
        if (address == 0) {
            throw new OutOfMemoryError("no room for a buffer of " + byteSize + " bytes");
        }
        return new Block(
                allocator,
                address,
                MemorySegment.ofAddress(address).reinterpret(byteSize).asByteBuffer());
    }

    private static final class BlockByteBuf extends UnpooledDirectByteBuf {
        BlockByteBuf(BlockByteBufAllocator allocator, int initialCapacity, int maxCapacity) {
            super(allocator, initialCapacity, maxCapacity);
        }

        @Override
        protected CleanableDirectBuffer allocateDirectBuffer(int capacity) {
            BlockByteBufAllocator allocator = (BlockByteBufAllocator) alloc();
            return allocator.same == null ? allocator.block(capacity) : allocator.same;
        }
    }

    private record SameBlock(ByteBuffer buffer) implements CleanableDirectBuffer {
        @Override
        public void clean() {
            // It stays.
        }
    }

    private record Block(OffHeapAllocator allocator, long address, ByteBuffer buffer) implements CleanableDirectBuffer {
        @Override
        public void clean() {
            allocator.free(address);
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
}
