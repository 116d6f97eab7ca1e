// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.buffers;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** A buffer made, written, read and released: at once, and in a random one of many places. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ByteBufBenchmark {

    private static final int PLACES = 1024;

    @Param({"pooled", "adaptive", "ours", "floor"})
    String allocator = "";

    @Param({"64", "1024", "16384"})
    int byteSize;

    private ByteBufAllocator buffers = ByteBufAllocator.DEFAULT;
    private final ByteBuf[] held = new ByteBuf[PLACES];
    private int random = 1;

    @Setup
    public void fill() {
        buffers = switch (allocator) {
            case "default" -> ByteBufAllocator.DEFAULT; // the policy's under an agent with a rule for NETTY
            case "pooled" -> PooledByteBufAllocator.DEFAULT;
            case "adaptive" -> new AdaptiveByteBufAllocator();
            case "ours" -> BlockByteBufAllocator.make();
            case "floor" -> BlockByteBufAllocator.floor(byteSize);
            default -> throw new IllegalArgumentException(allocator);
        };
        for (int i = 0; i < PLACES; i++) {
            held[i] = buffers.directBuffer(byteSize);
        }
    }

    @TearDown
    public void release() {
        for (ByteBuf buffer : held) {
            buffer.release();
        }
    }

    @Benchmark
    public long pair() {
        ByteBuf buffer = buffers.directBuffer(byteSize);
        buffer.writeLong(42);
        long read = buffer.readLong();
        buffer.release();
        return read;
    }

    @Benchmark
    public long random() {
        random = random * 1664525 + 1013904223;
        int place = random >>> 22;
        ByteBuf old = held[place];
        ByteBuf buffer = buffers.directBuffer(byteSize);
        buffer.writeLong(42);
        held[place] = buffer;
        long read = old.isReadable() ? old.readLong() : 0;
        old.release();
        return read;
    }
}
