// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * As {@link Sh6Benchmark}, but each burst is swapped for another thread's before it is freed.
 *
 * <p>After what is known of MicroQuill's sh8bench, whose source may not be copied.
 */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class Sh8Benchmark extends CrossThreadBenchmark {

    private static final int BURST = 1000;

    private Sizes sizes;
    private Blocks blocks;
    private int next;
    private int turn;

    @Setup
    public void setUp() {
        sizes = ShSizes.sizes();
        blocks = Selection.blocks(subject, BURST);
    }

    @TearDown
    public void tearDown() {
        blocks.freeAll();
    }

    @Benchmark
    @OperationsPerInvocation(BURST)
    public void sh8(Exchange exchange) {
        for (int place = 0; place < BURST; place++) {
            allocate(blocks, place, sizes.at(next++));
        }
        Blocks others = exchange.swap(turn++ & (Exchange.SLOTS - 1), blocks);
        if (others == null) {
            blocks = Selection.blocks(subject, BURST);
            return;
        }
        blocks = others;
        for (int place = 0; place < BURST / 2; place++) {
            blocks.free(place);
        }
        for (int place = BURST - 1; place >= BURST / 2; place--) {
            blocks.free(place);
        }
    }
}
