// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package example.app;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;

/** Fills, grows and releases unpooled direct buffers of Netty's, most of them on another thread than the one that made them. */
public final class NettyDirectBuffers {

    public static final int BUFFERS = 20_000;

    private static final int LIVE = 200;
    private static final int MOST_BYTES = 3_000;

    private NettyDirectBuffers() {}

    public static void main(String[] arguments) throws InterruptedException {
        UnpooledByteBufAllocator allocator = new UnpooledByteBufAllocator(true, true);
        ByteBuf[] live = new ByteBuf[LIVE];
        long[] sums = new long[2];
        for (int half = 0; half < sums.length; half++) {
            int from = half;
            Thread thread = new Thread(() -> sums[from] = use(allocator, live, from));
            thread.start();
            thread.join();
        }
        for (ByteBuf buffer : live) {
            buffer.release();
        }
        System.out.println("sums " + sums[0] + " " + sums[1]);
        System.out.println("used " + allocator.metric().usedDirectMemory());
    }

    private static long use(UnpooledByteBufAllocator allocator, ByteBuf[] live, int half) {
        long sum = 0;
        for (int i = 0; i < BUFFERS / 2; i++) {
            int at = i * 7 % LIVE;
            if (live[at] != null) {
                sum += live[at].getByte(live[at].writerIndex() - 1) + live[at].capacity();
                live[at].release();
            }
            ByteBuf buffer = allocator.directBuffer(1 + i * 31 % MOST_BYTES);
            buffer.writeZero(buffer.capacity());
            buffer.setByte(buffer.capacity() - 1, i + half);
            live[at] = buffer;
        }
        return sum;
    }
}
