// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.calibrate;

import dev.metalloc.replay.timing.Timing;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Times the JDK's arenas, and the zeroing of memory. Used once, by one thread. */
final class JdkPaths {

    private static final long[] BYTES = {16, 64, 1024, 4096, 65_536, 1 << 20};
    private static final int[] BLOCKS_PER_ARENA = {1, 10, 100};
    private static final long WARM_UP_NANOS = 40_000_000;
    private static final long SAMPLE_NANOS = 2_000_000;
    private static final int SAMPLES = 7;
    // A hundred blocks of 1 MiB take a third of a second to open and close, mostly in the kernel: ten tell the same.
    private static final long MOST_ARENA_BYTES = 16L << 20;

    private final Calibration calibration;

    JdkPaths(Calibration calibration) {
        this.calibration = calibration;
    }

    void measure() {
        for (long byteSize : BYTES) {
            for (int blocks : BLOCKS_PER_ARENA) {
                int asked = (int) Math.clamp(MOST_ARENA_BYTES / byteSize, 1L, blocks);
                calibration.put("jdk.ARENA_CONFINED." + blocks, byteSize, time(() -> confined(asked, byteSize), asked));
            }
            MemorySegment segment = Arena.global().allocate(byteSize, 64);
            calibration.put("zero", byteSize, time(() -> segment.fill((byte) 0), 1));
        }
        calibration.put("arena.close.ARENA_SHARED", time(JdkPaths::shared, 1));
    }

    private static void confined(int blocks, long byteSize) {
        try (Arena arena = Arena.ofConfined()) {
            for (int i = 0; i < blocks; i++) {
                MemorySegment block = arena.allocate(byteSize);
                block.set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
            }
        }
    }

    private static void shared() {
        try (Arena arena = Arena.ofShared()) {
            arena.allocate(1).set(ValueLayout.JAVA_BYTE, 0, (byte) 1);
        }
    }

    /** Nanoseconds for one of so many parts of the work. */
    private static Timing time(Runnable work, int parts) {
        long times = repetitions(work);
        double[] samples = new double[SAMPLES];
        for (int i = 0; i < SAMPLES; i++) {
            long start = System.nanoTime();
            for (long j = 0; j < times; j++) {
                work.run();
            }
            samples[i] = (System.nanoTime() - start) / (double) times / parts;
        }
        return Timing.of(samples);
    }

    /** Warms up, and tells how often the work is to be done for a sample. */
    private static long repetitions(Runnable work) {
        long start = System.nanoTime();
        long done = 0;
        long elapsed = 0;
        while (elapsed < WARM_UP_NANOS) {
            work.run();
            done++;
            elapsed = System.nanoTime() - start;
        }
        return Math.max(1, done * SAMPLE_NANOS / elapsed);
    }
}
