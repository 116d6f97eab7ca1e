// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * A server whose blocks outlive the work that made them: each thread replaces random ones of 5000 blocks of 8 to 1000 bytes,
 * and now and then takes over another thread's, which it then frees.
 *
 * <p>After Larson and Krishnan, "Memory allocation for long-running server applications" (ISMM 1998), with the parameters of
 * mimalloc-bench. There a thread ends when it hands over and a new one goes on; here threads stay, since starting one would be
 * most of what is measured.
 */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class LarsonBenchmark extends CrossThreadBenchmark {

    private static final int LIVE_BLOCKS = 5000;
    private static final int STEPS = 100;
    private static final int STEPS_BEFORE_HANDOVER = 100 * LIVE_BLOCKS;

    private Sizes sizes;
    private Draws places;
    private Blocks blocks;
    private int next;

    @Setup
    public void setUp(ThreadParams thread) {
        sizes = Sizes.uniform(8, 1000);
        places = Draws.below(LIVE_BLOCKS, thread.getThreadIndex());
        blocks = filled();
    }

    private Blocks filled() {
        Blocks full = Selection.blocks(subject, LIVE_BLOCKS);
        for (int place = 0; place < LIVE_BLOCKS; place++) {
            allocate(full, place, sizes.at(place));
        }
        return full;
    }

    @TearDown
    public void tearDown() {
        blocks.freeAll();
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void larson(Exchange exchange) {
        for (int step = 0; step < STEPS; step++) {
            int place = places.at(next);
            blocks.free(place);
            allocate(blocks, place, sizes.at(next++));
        }
        if (next % STEPS_BEFORE_HANDOVER == 0) {
            handOver(exchange);
        }
    }

    private void handOver(Exchange exchange) {
        Blocks others = exchange.swap(0, blocks);
        blocks = others == null ? filled() : others;
    }
}
