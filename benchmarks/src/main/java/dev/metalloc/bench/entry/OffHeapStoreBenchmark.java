// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.entry;

import java.util.SplittableRandom;
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

/**
 * The memory of an off-heap cache over {@code sun.misc.Unsafe}: values of 100 bytes to 2 KiB, one evicted at random for each
 * that comes.
 */
// JMH calls fill before all else.
@SuppressWarnings("NullAway.Init")
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(3)
public class OffHeapStoreBenchmark {

    private static final int LEAST_VALUE_BYTES = 100;
    private static final int MOST_VALUE_BYTES = 2048;
    static final int MEAN_VALUE_BYTES = (LEAST_VALUE_BYTES + MOST_VALUE_BYTES) / 2;

    /** Of all live values together. */
    @Param({"44040192", "88080384"})
    public int byteSize;

    private long[] values;
    private final SplittableRandom random = new SplittableRandom(1);

    @Setup
    public void fill() throws Throwable {
        values = new long[byteSize / MEAN_VALUE_BYTES];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(random);
        }
    }

    @TearDown
    public void empty() throws Throwable {
        for (long value : values) {
            UnsafeCalls.free(value);
        }
    }

    @Benchmark
    public long offHeapStore() throws Throwable {
        int place = random.nextInt(values.length);
        UnsafeCalls.free(values[place]);
        long value = value(random);
        values[place] = value;
        return value;
    }

    static long value(SplittableRandom random) throws Throwable {
        int valueBytes = random.nextInt(LEAST_VALUE_BYTES, MOST_VALUE_BYTES + 1);
        long value = UnsafeCalls.allocate(valueBytes);
        UnsafeCalls.putByte(value, (byte) 1);
        UnsafeCalls.putByte(value + valueBytes - 1, (byte) 1);
        return value;
    }
}
