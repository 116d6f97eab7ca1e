// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;

/** Reads messages into Netty's buffers and copies them into Arrow's. */
public final class NettyAndArrow {

    static final int MESSAGES = 500;
    private static final int MESSAGE_BYTES = 128 << 10;

    private NettyAndArrow() {}

    public static void main(String[] arguments) {
        long sum = 0;
        try (BufferAllocator vectors = new RootAllocator()) {
            for (int i = 0; i < MESSAGES; i++) {
                ByteBuf message = ByteBufAllocator.DEFAULT.directBuffer(MESSAGE_BYTES);
                message.setInt(i, i);
                try (ArrowBuf vector = vectors.buffer(MESSAGE_BYTES)) {
                    vector.setInt(MESSAGE_BYTES - Integer.BYTES, message.getInt(i));
                    sum += vector.getInt(MESSAGE_BYTES - Integer.BYTES);
                }
                message.release();
            }
        }
        System.out.println("sum=" + sum);
    }
}
