// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.Allocators;
import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.allocators.api.OffHeapAllocator;
import dev.metalloc.allocators.source.MmapChunkSource;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RunStateTest {

    private static final int ROUNDS = 5_000;
    private static final int MOST_SPINS = 1_000;

    private final MmapChunkSource source = new MmapChunkSource(1L << 30);

    @AfterEach
    void leave() {
        RunState.pause();
        RunState.allocating = false;
        RunState.unsafe = null;
        source.close();
    }

    /** Neither waits for the other: a hook of a round serves again where one change is lost. */
    @Test
    void shouldNotForgetAPauseThatMeetsADeparture() throws InterruptedException {
        OffHeapAllocator slab = Allocators.create(AllocatorSpec.of("slab"), source);
        RunState.unsafe = new ServedEntry("slab", slab, slab, 1, 64, 64);
        AtomicInteger round = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        Thread departing = new Thread(() -> {
            for (int i = 1; i <= ROUNDS; i++) {
                await(round, i);
                RunState.departFrames();
                done.set(i);
            }
        });
        departing.start();
        int forgotten = 0;
        for (int i = 1; i <= ROUNDS; i++) {
            RunState.serve(null);
            assertTrue(RunState.isServing());
            round.set(i);
            RunState.pause();
            await(done, i);
            forgotten += RunState.isServing() ? 1 : 0;
        }
        departing.join();
        assertEquals(0, forgotten);
        assertFalse(RunState.isServing());
    }

    @SuppressWarnings("ThreadPriorityCheck") // the other thread may be waiting for this processor
    private static void await(AtomicInteger number, int value) {
        for (int spins = 0; number.get() < value; spins++) {
            if (spins < MOST_SPINS) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
    }
}
