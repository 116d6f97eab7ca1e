// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A block allocated and freed at once. */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class PairBenchmark extends SingleThreadBenchmark {

    private static final int PAIRS = 100;

    private Sizes sizes;
    private Blocks blocks;
    private int next;

    @Setup
    public void setUp() {
        sizes = Sizes.parse(byteSize);
        blocks = Selection.blocks(subject, 1);
    }

    @TearDown
    public void tearDown() {
        blocks.freeAll();
    }

    @Benchmark
    @OperationsPerInvocation(PAIRS)
    public void pair() {
        for (int pair = 0; pair < PAIRS; pair++) {
            allocate(blocks, 0, sizes.at(next++));
            blocks.free(0);
        }
    }
}
