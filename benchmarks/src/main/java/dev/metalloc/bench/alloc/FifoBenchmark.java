// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A ring of live blocks: the oldest is freed, a new one takes its place. */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class FifoBenchmark extends SingleThreadBenchmark {

    private static final int LIVE_BLOCKS = 1000;
    private static final int STEPS = 100;

    private Sizes sizes;
    private Blocks blocks;
    private int next;
    private int oldest;

    @Setup
    public void setUp() {
        sizes = Sizes.parse(byteSize);
        blocks = Selection.blocks(subject, workingSet(LIVE_BLOCKS, sizes));
        for (int place = 0; place < blocks.count(); place++) {
            allocate(blocks, place, sizes.at(next++));
        }
    }

    @TearDown
    public void tearDown() {
        blocks.freeAll();
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void fifo() {
        for (int step = 0; step < STEPS; step++) {
            blocks.free(oldest);
            allocate(blocks, oldest, sizes.at(next++));
            oldest = oldest + 1 == blocks.count() ? 0 : oldest + 1;
        }
    }
}
