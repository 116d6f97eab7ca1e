// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.netty;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.net.InetAddress;

/** Answers every line with the same bytes in reverse order. */
final class LineServer {

    /** Longest line either side accepts. */
    static final int MOST_LINE_BYTES = 64 << 10;

    private LineServer() {}

    /** Binds to a free port of the loopback address. */
    static Channel start(EventLoopGroup loops, ByteBufAllocator allocator) throws InterruptedException {
        return new ServerBootstrap()
                .group(loops)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.ALLOCATOR, allocator)
                .childHandler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline().addLast(new LineBasedFrameDecoder(MOST_LINE_BYTES), new Answerer());
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .sync()
                .channel();
    }

    // Writes use the void promise, which reports failures to exceptionCaught; a failed close has no one left to tell.
    @SuppressWarnings("FutureReturnValueIgnored")
    private static final class Answerer extends SimpleChannelInboundHandler<ByteBuf> {
        @Override
        protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
            int length = line.readableBytes();
            ByteBuf answer = context.alloc().directBuffer(length + 1);
            for (int index = length - 1; index >= 0; index--) {
                answer.writeByte(line.getByte(line.readerIndex() + index));
            }
            context.write(answer.writeByte('\n'), context.voidPromise());
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            context.close();
        }
    }
}
