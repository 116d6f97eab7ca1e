// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.util.concurrent.atomic.AtomicLongArray;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Control;

/**
 * One thread allocates, another frees; blocks go through a ring for one producer and one consumer, some at a time, so that the
 * ring itself costs little. With four threads there are two such pairs. The time is per block.
 */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
@State(Scope.Group)
public class ProducerConsumerBenchmark extends SubjectBenchmark {

    private static final int RING = 1024;
    private static final int BATCH = 32;
    private static final int MASK = RING - 1;

    /* Far enough apart, and from the ends, for cache lines of their own. */
    private static final int PRODUCED = 16;
    private static final int CONSUMED = 48;
    private static final int COUNTERS = 64;

    @Param({
        "slab",
        "composite",
        "segregated-caching",
        "buddy-caching",
        "bump-locked",
        "segregated-striped",
        "buddy-striped",
        "none",
        "unsafe",
        "glibc",
        "jemalloc",
        "mimalloc",
        "tcmalloc",
        "pooled",
        "adaptive"
    })
    public String subject = "";

    @Param({"64", "1024", "16384", Sizes.MIXED})
    public String byteSize = "";

    private final AtomicLongArray counters = new AtomicLongArray(COUNTERS);
    private Sizes sizes;
    private Blocks blocks;

    /** What one side knows of the other without looking. */
    @State(Scope.Thread)
    public static class Side {
        private long own;
        private long others;
    }

    @Setup
    public void setUp() {
        sizes = Sizes.parse(byteSize);
        blocks = Selection.blocks(subject, RING);
    }

    @TearDown
    public void tearDown() {
        blocks.freeAll();
    }

    @Benchmark
    @Group("producerConsumer")
    @GroupThreads(1)
    @OperationsPerInvocation(BATCH)
    public void produce(Side side, Control control) {
        long produced = side.own;
        while (produced + BATCH - side.others > RING) {
            if (control.stopMeasurement) {
                return;
            }
            Thread.onSpinWait();
            side.others = counters.getAcquire(CONSUMED);
        }
        for (int i = 0; i < BATCH; i++) {
            allocate(blocks, (int) produced & MASK, sizes.at((int) produced));
            produced++;
        }
        side.own = produced;
        // Pairs with the consumer's acquire: it sees the blocks.
        counters.setRelease(PRODUCED, produced);
    }

    @Benchmark
    @Group("producerConsumer")
    @GroupThreads(1)
    @OperationsPerInvocation(BATCH)
    public void consume(Side side, Control control) {
        long consumed = side.own;
        while (consumed + BATCH > side.others) {
            if (control.stopMeasurement) {
                return;
            }
            Thread.onSpinWait();
            side.others = counters.getAcquire(PRODUCED);
        }
        for (int i = 0; i < BATCH; i++) {
            blocks.free((int) consumed & MASK);
            consumed++;
        }
        side.own = consumed;
        // Pairs with the producer's acquire: it sees the empty places.
        counters.setRelease(CONSUMED, consumed);
    }
}
