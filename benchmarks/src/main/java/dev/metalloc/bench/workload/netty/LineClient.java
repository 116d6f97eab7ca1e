// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.netty;

import dev.metalloc.bench.workload.RandomText;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/**
 * One connection that sends a fixed number of lines, some of them on their way at once, and sums the answers up.
 *
 * <p>Confined to the connection's event loop; {@link #checksum()} completes there.
 */
// Writes use the void promise, which reports failures to exceptionCaught; a failed close has no one left to tell.
@SuppressWarnings("FutureReturnValueIgnored")
final class LineClient extends SimpleChannelInboundHandler<ByteBuf> {

    private static final int ON_THEIR_WAY = 16;
    private static final int LEAST_LINE_BYTES = 32;
    private static final int MOST_LINE_BYTES = 4096;

    private final long seed;
    private final long requestCount;
    private final CompletableFuture<Long> checksum = new CompletableFuture<>();

    private long sentCount;
    private long answeredCount;
    private long sum;

    LineClient(long seed, long requestCount) {
        this.seed = seed;
        this.requestCount = requestCount;
    }

    CompletableFuture<Long> checksum() {
        return checksum;
    }

    void connect(EventLoopGroup loops, ByteBufAllocator allocator, SocketAddress server) throws InterruptedException {
        new Bootstrap()
                .group(loops)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.ALLOCATOR, allocator)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(new LineBasedFrameDecoder(LineServer.MOST_LINE_BYTES), LineClient.this);
                    }
                })
                .connect(server)
                .sync();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        send(context);
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
        answeredCount++;
        sum = sum * 31 + line.hashCode();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (answeredCount == requestCount) {
            context.close();
            checksum.complete(sum);
        } else {
            send(context);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        checksum.completeExceptionally(
                new IllegalStateException("connection lost after " + answeredCount + " answers"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        checksum.completeExceptionally(cause);
        context.close();
    }

    private void send(ChannelHandlerContext context) {
        while (sentCount < requestCount && sentCount - answeredCount < ON_THEIR_WAY) {
            long key = seed + sentCount++;
            int length = RandomText.between(key, LEAST_LINE_BYTES, MOST_LINE_BYTES);
            ByteBuf line = context.alloc().directBuffer(length + 1);
            line.writeCharSequence(RandomText.prose(key, length), StandardCharsets.US_ASCII);
            context.write(line.writeByte('\n'), context.voidPromise());
        }
        context.flush();
    }
}
