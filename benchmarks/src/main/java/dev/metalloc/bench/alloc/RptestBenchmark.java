// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * A thousand live blocks per thread of 8 to 16,000 bytes, the larger the rarer, replaced a hundred at a time, scattered; every
 * second time a further hundred goes to another thread, which frees them.
 *
 * <p>After Jansson's rpmalloc-benchmark with the parameters of mimalloc-bench (random sizes, linear fall-off, cross rate 2).
 */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class RptestBenchmark extends CrossThreadBenchmark {

    private static final int LIVE_BLOCKS = 1000;
    private static final int REPLACED = 100;
    /** Prime to the number of blocks: neighbours in time are no neighbours in the array. */
    private static final int SCATTER = 7;

    private Sizes sizes;
    private Blocks blocks;
    private Blocks batch;
    private int place;
    private int next;
    private int turn;

    @Setup
    public void setUp(ThreadParams thread) {
        sizes = Sizes.fallingOff(8, 16_000);
        blocks = Selection.blocks(subject, LIVE_BLOCKS);
        batch = Selection.blocks(subject, REPLACED);
        next = thread.getThreadIndex() * LIVE_BLOCKS;
        for (int i = 0; i < LIVE_BLOCKS; i++) {
            allocate(blocks, i, sizes.at(next++));
        }
    }

    @TearDown
    public void tearDown() {
        blocks.freeAll();
        batch.freeAll();
    }

    @Benchmark
    @OperationsPerInvocation(3 * REPLACED)
    public void rptest(Exchange exchange) {
        replaceSome();
        replaceSome();
        handOverSome(exchange);
    }

    private void replaceSome() {
        for (int i = 0; i < REPLACED; i++) {
            blocks.free(place);
            allocate(blocks, place, sizes.at(next++));
            place = (place + SCATTER) % LIVE_BLOCKS;
        }
    }

    private void handOverSome(Exchange exchange) {
        for (int i = 0; i < REPLACED; i++) {
            allocate(batch, i, sizes.at(next++));
        }
        Blocks others = exchange.swap(turn++ & (Exchange.SLOTS - 1), batch);
        batch = others == null ? Selection.blocks(subject, REPLACED) : others;
        batch.freeAll();
    }
}
