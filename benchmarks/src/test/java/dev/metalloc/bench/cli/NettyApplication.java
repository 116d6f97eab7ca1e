// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.ArrayList;
import java.util.List;

/** Takes buffers from one of Netty's pools: many short-lived ones, some that grow, some on the heap, some that stay. */
public final class NettyApplication {

    static final int SHORT_LIVED = 20_000;
    static final int GROWING = 100;
    static final int STAYING = 50;
    static final int BUFFER_BYTES = 700;
    static final int GROWN_BYTES = 200_000;

    private NettyApplication() {}

    /** Argument: {@code pooled} or {@code adaptive}. */
    public static void main(String[] arguments) {
        ByteBufAllocator allocator =
                arguments[0].equals("pooled") ? new PooledByteBufAllocator(true) : new AdaptiveByteBufAllocator(true);
        long sum = shortLived(allocator) + growing(allocator);
        List<ByteBuf> staying = new ArrayList<>();
        for (int i = 0; i < STAYING; i++) {
            staying.add(allocator.directBuffer(BUFFER_BYTES));
        }
        System.out.println("sum=" + sum + " staying=" + staying.size());
    }

    private static long shortLived(ByteBufAllocator allocator) {
        long sum = 0;
        for (int i = 0; i < SHORT_LIVED; i++) {
            ByteBuf direct = allocator.directBuffer(BUFFER_BYTES);
            ByteBuf heap = allocator.heapBuffer(BUFFER_BYTES);
            direct.writeInt(i);
            heap.writeBytes(direct);
            sum += heap.readInt();
            heap.release();
            ByteBuf slice = direct.retainedSlice(0, 2);
            direct.release();
            slice.release();
        }
        return sum;
    }

    private static long growing(ByteBufAllocator allocator) {
        long sum = 0;
        for (int i = 0; i < GROWING; i++) {
            ByteBuf buffer = allocator.directBuffer(BUFFER_BYTES);
            buffer.writeInt(i);
            buffer.capacity(GROWN_BYTES);
            sum += buffer.getInt(0);
            buffer.release();
        }
        return sum;
    }
}
