// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.allocators.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ProcessBarrierTest {

    private static final int ROUNDS = 300_000;
    private static final int SPINS = 8;

    private final AtomicInteger inside = new AtomicInteger();
    private final AtomicInteger wanted = new AtomicInteger();
    private final AtomicBoolean hasEnded = new AtomicBoolean();
    private long turns;

    /** Dekker's protocol with a barrier on one side alone: where it did not do for both, turns would be lost. */
    @Test
    void shouldDoForTheOtherSideToo() throws Exception {
        assumeTrue(ProcessBarrier.isAvailable(), "the system has no such barrier");
        FutureTask<Long> plain = new FutureTask<>(this::enterPlainly);
        Thread.ofPlatform().start(plain);
        for (int i = 0; i < ROUNDS; i++) {
            wanted.setOpaque(1);
            ProcessBarrier.await();
            while (inside.getAcquire() == 1) {
                Thread.onSpinWait();
            }
            turns++;
            wanted.setRelease(0);
            for (int spins = i % SPINS; spins > 0; spins--) {
                Thread.onSpinWait();
            }
        }
        hasEnded.set(true);
        assertEquals(plain.get() + ROUNDS, turns);
    }

    private long enterPlainly() {
        long entered = 0;
        while (!hasEnded.getAcquire()) {
            inside.setOpaque(1);
            if (wanted.getAcquire() == 0) {
                turns++;
                entered++;
            }
            inside.setRelease(0);
        }
        return entered;
    }

    @Test
    void shouldBeThereWhereTheReadmeSaysItRuns() {
        assumeTrue(System.getProperty("os.arch", "").equals("amd64"));
        assertTrue(ProcessBarrier.isAvailable(), "membarrier(2), since Linux 4.14");
        ProcessBarrier.await();
    }
}
