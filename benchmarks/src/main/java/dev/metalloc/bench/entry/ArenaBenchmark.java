// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.entry;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
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

/** An arena opened, filled with blocks of one size and closed. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class ArenaBenchmark {

    private static final int SEVERAL = 10;
    private static final int MANY = 100;
    private static final long PAGE_BYTES = 4096;

    @Param({"16", "64", "1024", "4096", "65536"})
    public long byteSize;

    private byte[] source = new byte[0];

    @Setup
    public void makeSource() {
        source = new byte[(int) byteSize];
    }

    @Benchmark
    public byte confinedWithOneBlock() {
        try (Arena arena = Arena.ofConfined()) {
            return touched(arena.allocate(byteSize));
        }
    }

    @Benchmark
    public int confinedWithTenBlocks() {
        return confined(SEVERAL);
    }

    @Benchmark
    public int confinedWithHundredBlocks() {
        return confined(MANY);
    }

    /** Every page of the blocks is written: what large blocks cost who uses all of them. */
    @Benchmark
    public int confinedWithTenFilledBlocks() {
        try (Arena arena = Arena.ofConfined()) {
            int sum = 0;
            for (int block = 0; block < SEVERAL; block++) {
                MemorySegment segment = arena.allocate(byteSize);
                for (long offset = 0; offset < byteSize; offset += PAGE_BYTES) {
                    segment.set(ValueLayout.JAVA_BYTE, offset, (byte) 1);
                }
                sum += segment.get(ValueLayout.JAVA_BYTE, byteSize - 1);
            }
            return sum;
        }
    }

    private int confined(int blockCount) {
        try (Arena arena = Arena.ofConfined()) {
            int sum = 0;
            for (int block = 0; block < blockCount; block++) {
                sum += touched(arena.allocate(byteSize));
            }
            return sum;
        }
    }

    @Benchmark
    public byte sharedWithOneBlock() {
        try (Arena arena = Arena.ofShared()) {
            return touched(arena.allocate(byteSize));
        }
    }

    /** A block that is overwritten at once, so that nobody need zero it. */
    @Benchmark
    public byte confinedWithOneCopy() {
        try (Arena arena = Arena.ofConfined()) {
            return copied(arena);
        }
    }

    @Benchmark
    public byte sharedWithOneCopy() {
        try (Arena arena = Arena.ofShared()) {
            return copied(arena);
        }
    }

    private byte copied(Arena arena) {
        return arena.allocateFrom(ValueLayout.JAVA_BYTE, source).get(ValueLayout.JAVA_BYTE, byteSize - 1);
    }

    // Memory that nobody writes could cost nothing.
    private static byte touched(MemorySegment block) {
        block.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        return block.get(ValueLayout.JAVA_BYTE, block.byteSize() - 1);
    }
}
