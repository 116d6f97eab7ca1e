// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import dev.metalloc.allocators.source.OffHeapMemory;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What all benchmarks of allocators have in common: time per block allocated and freed, each subject in JVMs of its own.
 *
 * <p>The JVM is set up in favour of the peers: Netty gets Unsafe, no leak detection and threads with its fast thread locals.
 * Final fields are constants to its compiler, ours and the peers' alike, as they are in java.base, where the agent puts our
 * allocators.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Fork(
        value = 3,
        jvmArgsAppend = {
            "-Xms512m",
            "-Xmx512m",
            "-XX:MaxDirectMemorySize=8g",
            "-XX:+IgnoreUnrecognizedVMOptions",
            "-XX:+UnlockExperimentalVMOptions",
            "-XX:+TrustFinalNonStaticFields",
            "--enable-native-access=ALL-UNNAMED",
            "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-Dio.netty.noUnsafe=false",
            "-Dio.netty.leakDetection.level=disabled",
            "-Djmh.executor=CUSTOM",
            "-Djmh.executor.class=dev.metalloc.bench.alloc.BenchmarkThreads"
        })
public abstract class SubjectBenchmark {

    /** Most bytes that the blocks of one thread hold at one time, so that large ones fit the machine. */
    private static final long MOST_LIVE_BYTES = 256L << 20;

    SubjectBenchmark() {}

    /** The number of blocks of a working set: as many as asked for, or fewer where they are large. */
    static int workingSet(int blocks, Sizes sizes) {
        return (int) Math.min(blocks, MOST_LIVE_BYTES / sizes.mean());
    }

    /** Allocates into a place and writes the block's first byte: memory nobody writes could cost nothing. */
    static void allocate(Blocks blocks, int place, long byteSize) {
        OffHeapMemory.writeByte(blocks.allocate(place, byteSize), (byte) 1);
    }
}
