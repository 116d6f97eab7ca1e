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
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** As {@link ArenaBenchmark}, on a virtual thread. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 3, jvmArgsAppend = VirtualThreadArenaBenchmark.ON_VIRTUAL_THREADS)
public class VirtualThreadArenaBenchmark {

    /** To be given where the command line names arguments of the JVM. */
    static final String ON_VIRTUAL_THREADS = "-Djmh.executor=VIRTUAL";

    @Param({"16", "64"})
    public long byteSize;

    private final ArenaBenchmark arenas = new ArenaBenchmark();

    @Setup
    public void setUp() {
        if (!Thread.currentThread().isVirtual()) {
            throw new IllegalStateException("not a virtual thread (expected: " + ON_VIRTUAL_THREADS + ")");
        }
        arenas.byteSize = byteSize;
    }

    @Benchmark
    public byte virtualWithOneBlock() {
        return arenas.confinedWithOneBlock();
    }

    @Benchmark
    public int virtualWithTenBlocks() {
        return arenas.confinedWithTenBlocks();
    }

    @Benchmark
    public int virtualWithHundredBlocks() {
        return arenas.confinedWithHundredBlocks();
    }
}
