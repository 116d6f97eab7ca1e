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
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Netty's unpooled buffers over blocks of an allocator of ours; as little between the two as Netty's public classes allow. */
final class BlockByteBufAllocator extends AbstractByteBufAllocator {

    private static final long CHUNK_BYTES = 1L << 36;

    private final OffHeapAllocator allocator;
    /** Handed out again and again, or null. */
    private final @Nullable ByteBuffer same;

    private BlockByteBufAllocator(OffHeapAllocator allocator, @Nullable ByteBuffer same) {
        super(true);
        this.allocator = allocator;
        this.same = same;
    }

    /** What a policy would give a program of many sizes: slabs for the small ones, a good fit for the others. */
    static BlockByteBufAllocator make() {
        AllocatorSpec spec = new AllocatorSpec("composite", Map.of("parts", "slab,segregated", "limits", "32768"));
        return new BlockByteBufAllocator(Allocators.create(spec, new MmapChunkSource(CHUNK_BYTES)), null);
    }

    /** The buffers without an allocator: every one is over the same memory. What these cost no allocator can win back. */
    static BlockByteBufAllocator floor(int byteSize) {
        return new BlockByteBufAllocator(make().allocator, ByteBuffer.allocateDirect(byteSize));
    }

    @Override
    protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
        return UnpooledByteBufAllocator.DEFAULT.heapBuffer(initialCapacity, maxCapacity);
    }

    @Override
    protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
        if (same != null) {
            return new BlockByteBuf(this, same, 0, maxCapacity);
        }
        long address = allocator.allocate(initialCapacity, 16);
        if (address == 0) {
            throw new OutOfMemoryError("no room for a buffer of " + initialCapacity + " bytes");
        }
        ByteBuffer view =
                MemorySegment.ofAddress(address).reinterpret(initialCapacity).asByteBuffer();
        return new BlockByteBuf(this, view, address, maxCapacity);
    }

    @Override
    public boolean isDirectBufferPooled() {
        return true;
    }

    /** Where it grows it moves to memory of Netty's own; the benchmark's do not grow. */
    private static final class BlockByteBuf extends UnpooledDirectByteBuf {
        private final BlockByteBufAllocator owner;
        private final long address;

        BlockByteBuf(BlockByteBufAllocator owner, ByteBuffer memory, long address, int maxCapacity) {
            super(owner, memory, maxCapacity);
            this.owner = owner;
            this.address = address;
            clear();
        }

        @Override
        protected void deallocate() {
            if (address != 0) {
                owner.allocator.free(address);
            }
        }
    }
}
