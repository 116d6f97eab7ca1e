// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.buffers;

import java.util.concurrent.TimeUnit;
import org.apache.arrow.memory.AllocationManager;
import org.apache.arrow.memory.ArrowBuf;
import org.apache.arrow.memory.BufferAllocator;
import org.apache.arrow.memory.RootAllocator;
import org.apache.arrow.memory.netty.NettyAllocationManager;
import org.apache.arrow.memory.unsafe.UnsafeAllocationManager;
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

/** An Arrow buffer made, written, read and closed: at once, and in a random one of many places. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 3, time = 1)
public class ArrowBufBenchmark {

    private static final int PLACES = 1024;

    @Param({"unsafe", "netty", "ours"})
    String manager = "";

    @Param({"64", "1024", "16384"})
    int byteSize;

    private BufferAllocator buffers = new RootAllocator();
    private final ArrowBuf[] held = new ArrowBuf[PLACES];
    private int random = 1;

    @Setup
    public void fill() {
        AllocationManager.Factory factory = switch (manager) {
            case "unsafe" -> UnsafeAllocationManager.FACTORY;
            case "netty" -> NettyAllocationManager.FACTORY;
            case "ours" -> BlockAllocationManager.factory();
            default -> throw new IllegalArgumentException(manager);
        };
        buffers = new RootAllocator(
                RootAllocator.configBuilder().allocationManagerFactory(factory).build());
        for (int i = 0; i < PLACES; i++) {
            held[i] = buffers.buffer(byteSize);
        }
    }

    @TearDown
    public void release() {
        for (ArrowBuf buffer : held) {
            buffer.close();
        }
        buffers.close();
    }

    @Benchmark
    public long pair() {
        try (ArrowBuf buffer = buffers.buffer(byteSize)) {
            buffer.setLong(0, 42);
            return buffer.getLong(0);
        }
    }

    @Benchmark
    public long random() {
        random = random * 1664525 + 1013904223;
        int place = random >>> 22;
        ArrowBuf old = held[place];
        ArrowBuf buffer = buffers.buffer(byteSize);
        buffer.setLong(0, 42);
        held[place] = buffer;
        long read = old.getLong(0);
        old.close();
        return read;
    }
}
