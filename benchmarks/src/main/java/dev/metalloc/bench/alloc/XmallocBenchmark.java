// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Group;
import org.openjdk.jmh.annotations.GroupThreads;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.Control;

/**
 * One thread allocates batches of 4096 blocks of 64 bytes, another frees them. With four threads there are two such pairs.
 * The time is per block.
 *
 * <p>After xmalloc-test of Lever and Boreham, "malloc() Performance in a Multithreaded Linux Environment" (USENIX 2000), with the
 * parameters of mimalloc-bench; there all pairs share one list of batches, under a lock.
 */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
@State(Scope.Group)
public class XmallocBenchmark extends SubjectBenchmark {

    private static final int BATCH = 4096;
    private static final int BATCHES = 16;
    private static final int BLOCK_BYTES = 64;

    @Param({
        "slab",
        "composite",
        "segregated-caching",
        "buddy-caching",
        "bump-locked",
        "segregated-striped",
        "buddy-striped",
        "none",
        "unsafe",
        "glibc",
        "jemalloc",
        "mimalloc",
        "tcmalloc",
        "pooled",
        "adaptive"
    })
    public String subject = "";

    /** In turn: the allocating thread takes an empty batch from its place and leaves it full, the freeing one the reverse. */
    private final AtomicReferenceArray<@Nullable Blocks> full = new AtomicReferenceArray<>(BATCHES);

    private final AtomicReferenceArray<@Nullable Blocks> empty = new AtomicReferenceArray<>(BATCHES);

    /** How many batches one side has had. */
    @State(Scope.Thread)
    public static class Side {
        private int turn;
    }

    @Setup
    public void setUp() {
        for (int i = 0; i < BATCHES; i++) {
            empty.set(i, Selection.blocks(subject, BATCH));
        }
    }

    @TearDown
    public void tearDown() {
        for (int i = 0; i < BATCHES; i++) {
            Blocks left = full.getAndSet(i, null);
            if (left != null) {
                left.freeAll();
            }
        }
    }

    @Benchmark
    @Group("xmalloc")
    @GroupThreads(1)
    @OperationsPerInvocation(BATCH)
    public void allocateBatch(Side side, Control control) {
        Blocks batch = take(empty, side, control);
        if (batch == null) {
            return;
        }
        for (int place = 0; place < BATCH; place++) {
            allocate(batch, place, BLOCK_BYTES);
        }
        full.setRelease(side.turn++ % BATCHES, batch);
    }

    @Benchmark
    @Group("xmalloc")
    @GroupThreads(1)
    @OperationsPerInvocation(BATCH)
    public void freeBatch(Side side, Control control) {
        Blocks batch = take(full, side, control);
        if (batch == null) {
            return;
        }
        for (int place = 0; place < BATCH; place++) {
            batch.free(place);
        }
        empty.setRelease(side.turn++ % BATCHES, batch);
    }

    /** The batch whose turn it is, or null where the measurement ends before there is one. */
    private static @Nullable Blocks take(AtomicReferenceArray<@Nullable Blocks> from, Side side, Control control) {
        int slot = side.turn % BATCHES;
        Blocks batch;
        while ((batch = from.getAcquire(slot)) == null) {
            if (control.stopMeasurement) {
                return null;
            }
            Thread.onSpinWait();
        }
        from.setOpaque(slot, null);
        return batch;
    }
}
