// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.entry;

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

/** A block taken from {@code sun.misc.Unsafe} and given back. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class UnsafePairBenchmark {

    @Param({"16", "64", "1024", "4096", "65536"})
    public long byteSize;

    @Benchmark
    public byte unsafePair() throws Throwable {
        long address = UnsafeCalls.allocate(byteSize);
        UnsafeCalls.putByte(address, (byte) 1);
        byte read = UnsafeCalls.getByte(address);
        UnsafeCalls.free(address);
        return read;
    }
}
