// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.netty;

import dev.metalloc.bench.workload.Outcome;
import dev.metalloc.bench.workload.RandomText;
import dev.metalloc.bench.workload.WorkArguments;
import dev.metalloc.bench.workload.WorkPhase;
import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A server that answers lines and clients that send a fixed number of them over loopback, in one JVM.
 *
 * <p>How many buffers it takes depends on how the network cuts the stream, so no number is stated.
 */
public final class NettyWorkload {

    private NettyWorkload() {}

    /**
     * Arguments: {@code requests=N} in all, {@code connections=N}, {@code buffers=unpooled|pooled|adaptive|default},
     * {@code rounds=N}, {@code result=FILE}.
     */
    public static void main(String[] arguments) throws Exception {
        WorkArguments values = new WorkArguments(arguments);
        int connectionCount = values.count("connections", 4);
        long requestsPerConnection = values.number("requests", 200_000) / connectionCount;
        ByteBufAllocator allocator = allocator(values.text("buffers").orElse("unpooled"));
        int rounds = values.count("rounds", 1);
        Optional<Path> resultFile = values.text("result").map(Path::of);
        values.refuseOthers();
        EventLoopGroup serverLoops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        EventLoopGroup clientLoops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        try {
            Channel server = LineServer.start(serverLoops, allocator);
            WorkPhase.run(
                    () -> work(clientLoops, allocator, server, connectionCount, requestsPerConnection),
                    rounds,
                    resultFile);
        } finally {
            clientLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
            serverLoops.shutdownGracefully(0, 5, TimeUnit.SECONDS).sync();
        }
    }

    private static Outcome work(
            EventLoopGroup loops, ByteBufAllocator allocator, Channel server, int connectionCount, long requests)
            throws Exception {
        List<LineClient> clients = new ArrayList<>();
        for (int connection = 0; connection < connectionCount; connection++) {
            LineClient client = new LineClient(RandomText.mix(connection), requests);
            clients.add(client);
            client.connect(loops, allocator, server.localAddress());
        }
        long checksum = 0;
        for (LineClient client : clients) {
            checksum += client.checksum().get();
        }
        return new Outcome(checksum, requests * connectionCount, Map.of());
    }

    private static ByteBufAllocator allocator(String name) {
        return switch (name) {
            case "unpooled" -> new UnpooledByteBufAllocator(true);
            case "pooled" -> new PooledByteBufAllocator(true);
            case "adaptive" -> new AdaptiveByteBufAllocator(true);
            case "default" -> ByteBufAllocator.DEFAULT;
            default ->
                throw new IllegalArgumentException(
                        "buffers: " + name + " (expected: unpooled, pooled, adaptive or default)");
        };
    }
}
