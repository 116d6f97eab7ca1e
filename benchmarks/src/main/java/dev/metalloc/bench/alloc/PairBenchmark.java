// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A block allocated and freed at once. */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class PairBenchmark extends SingleThreadBenchmark {

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
    public void pair() {
        allocate(blocks, 0, sizes.at(next++));
        blocks.free(0);
    }
}
