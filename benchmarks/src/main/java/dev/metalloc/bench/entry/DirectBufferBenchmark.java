// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.entry;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A direct buffer made and freed at once, as libraries do that do not wait for the collector. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class DirectBufferBenchmark {

    @Param({"64", "4096", "65536"})
    public int byteSize;

    @Benchmark
    public byte directBuffer() throws Throwable {
        ByteBuffer buffer = ByteBuffer.allocateDirect(byteSize);
        byte read = buffer.put(0, (byte) 1).get(byteSize - 1);
        UnsafeCalls.invokeCleaner(buffer);
        return read;
    }
}
