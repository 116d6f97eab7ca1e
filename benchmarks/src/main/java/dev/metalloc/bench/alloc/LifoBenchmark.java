// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Blocks allocated in a burst and freed in reverse order. */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class LifoBenchmark extends SingleThreadBenchmark {

    private static final int BURST = 100;

    private Sizes sizes;
    private Blocks blocks;
    private int next;

    @Setup
    public void setUp() {
        sizes = Sizes.parse(byteSize);
        blocks = Selection.blocks(subject, BURST);
    }

    @TearDown
    public void tearDown() {
        blocks.freeAll();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void lifo() {
        for (int place = 0; place < BURST; place++) {
            allocate(blocks, place, sizes.at(next++));
        }
        for (int place = BURST - 1; place >= 0; place--) {
            blocks.free(place);
        }
    }
}
