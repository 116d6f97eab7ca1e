// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Random lifetimes with blocks that wander between threads: three in four allocations are of 8 to 1024 bytes, one in a hundred of
 * them a hundred times as large, and replace a random block; one in four is ten times as large and retained until many are; one
 * time in four a block is swapped with one that another thread left.
 *
 * <p>After mstress of mimalloc-bench (Leijen 2018), as a steady state instead of a fixed amount of work.
 */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class MstressBenchmark extends CrossThreadBenchmark {

    private static final int LIVE_BLOCKS = 1000;
    private static final int RETAINED_BLOCKS = 500;
    private static final int TRANSFERS = 1000;
    private static final int STEPS = 100;

    private Sizes sizes;
    private Sizes retainedSizes;
    private Draws places;
    private Draws transfers;
    private Draws percents;
    private Blocks[] blocks;
    private Blocks retained;
    private int retainedCount;
    private int next;

    @Setup
    public void setUp(ThreadParams thread) {
        sizes = Sizes.uniformWithRareLarge(8, 1024);
        retainedSizes = Sizes.uniform(80, 10_240);
        places = Draws.below(LIVE_BLOCKS, thread.getThreadIndex());
        transfers = Draws.below(TRANSFERS, thread.getThreadIndex() + 1000L);
        percents = Draws.below(100, thread.getThreadIndex() + 2000L);
        blocks = new Blocks[LIVE_BLOCKS];
        for (int place = 0; place < LIVE_BLOCKS; place++) {
            blocks[place] = single(place);
        }
        retained = Selection.blocks(subject, RETAINED_BLOCKS);
    }

    private Blocks single(int index) {
        Blocks single = Selection.blocks(subject, 1);
        allocate(single, 0, sizes.at(index));
        return single;
    }

    @TearDown
    public void tearDown() {
        for (Blocks single : blocks) {
            single.freeAll();
        }
        retained.freeAll();
    }

    @Benchmark
    @OperationsPerInvocation(STEPS)
    public void mstress(Exchange exchange) {
        for (int step = 0; step < STEPS; step++) {
            next++;
            if (percents.at(next) < 25) {
                retain();
            } else {
                replace(blocks[places.at(next)]);
            }
            if (percents.at(next + 1) < 25) {
                transfer(exchange, places.at(next + 2));
            }
        }
    }

    private void replace(Blocks single) {
        single.free(0);
        allocate(single, 0, sizes.at(next));
    }

    private void retain() {
        if (retainedCount == RETAINED_BLOCKS) {
            retained.freeAll();
            retainedCount = 0;
        }
        allocate(retained, retainedCount++, retainedSizes.at(next));
    }

    private void transfer(Exchange exchange, int place) {
        Blocks others = exchange.swap(transfers.at(next), blocks[place]);
        blocks[place] = others == null ? single(next) : others;
    }
}
