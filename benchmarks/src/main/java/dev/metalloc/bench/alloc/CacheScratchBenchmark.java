// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.alloc;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Passive false sharing: one thread allocates a small block for each thread, those free them and then allocate a block, write it a
 * hundred times and free it, over and over. An allocator that gives each thread back what another thread's block lay beside makes
 * all of them write one cache line.
 *
 * <p>After cache-scratch of Hoard (Berger, McKinley, Blumofe and Wilson, ASPLOS 2000); the writes are part of the time.
 */
// JMH calls setUp before all else.
@SuppressWarnings("NullAway.Init")
public class CacheScratchBenchmark extends CrossThreadBenchmark {

    private static final int BLOCK_BYTES = 8;
    private static final int WRITES = 100;
    private static final MemorySegment EVERYTHING = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
    private static final VarHandle BYTE = ValueLayout.JAVA_BYTE.varHandle();

    private Blocks blocks;

    @Setup
    public void setUp(GivenBlocks given, ThreadParams thread) {
        given.allocated(subject, thread.getThreadCount()).free(thread.getThreadIndex());
        blocks = Selection.blocks(subject, 1);
    }

    @TearDown
    public void tearDown() {
        blocks.freeAll();
    }

    @Benchmark
    public void cacheScratch() {
        long address = blocks.allocate(0, BLOCK_BYTES);
        for (int i = 0; i < WRITES; i++) {
            // Opaque, so that each is made.
            BYTE.setOpaque(EVERYTHING, address, (byte) ((byte) BYTE.getOpaque(EVERYTHING, address) + 1));
        }
        blocks.free(0);
    }
}
