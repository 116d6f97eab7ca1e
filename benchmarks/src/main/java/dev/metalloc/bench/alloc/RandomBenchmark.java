// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** A working set of live blocks: one at random is freed, a new one takes its place. */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class RandomBenchmark extends SingleThreadBenchmark {

    private static final int LIVE_BLOCKS = 10_000;
    private static final int STEPS = 100;
    private static final long SEED = 0xd1ce;

    private Sizes sizes;
    private Draws places;
    private Blocks blocks;
    private int next;

    @Setup
    public void setUp() {
        sizes = Sizes.parse(byteSize);
        blocks = Selection.blocks(subject, workingSet(LIVE_BLOCKS, sizes));
        places = Draws.below(blocks.count(), SEED);
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
    public void random() {
        for (int step = 0; step < STEPS; step++) {
            int place = places.at(next);
            blocks.free(place);
            allocate(blocks, place, sizes.at(next++));
        }
    }
}
