// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Bursts of blocks of mixed sizes and lifetimes: half of a burst is freed in the order of allocation, half in reverse, but for a
 * tenth, which stays until the next burst needs its place.
 *
 * <p>After what is known of MicroQuill's sh6bench, whose source may not be copied.
 */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class Sh6Benchmark extends CrossThreadBenchmark {

    private static final int BURST = 1000;
    private static final int ONE_IN_STAYS = 10;

    private Sizes sizes;
    private Blocks blocks;
    private int next;

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
    public void sh6() {
        for (int place = 0; place < BURST; place++) {
            if (!blocks.isEmpty(place)) {
                blocks.free(place);
            }
            allocate(blocks, place, sizes.at(next++));
        }
        for (int place = 0; place < BURST / 2; place++) {
            freeUnlessItStays(place);
        }
        for (int place = BURST - 1; place >= BURST / 2; place--) {
            freeUnlessItStays(place);
        }
    }

    private void freeUnlessItStays(int place) {
        if (place % ONE_IN_STAYS != 0) {
            blocks.free(place);
        }
    }
}
