// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.profile;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.AllocationBurst;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.trace.TraceBuilder;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Threads that do different things do them in the workload too: what they allocate, and who frees whose blocks. */
class ThreadSizesTest {

    private static final int ROUNDS = 2000;

    /** A reader's small blocks, which it frees, and a worker's large ones, which the reader frees. */
    private static TraceProgram program() {
        TraceBuilder trace = new TraceBuilder("reader and worker");
        Random random = new Random(9);
        for (int round = 0; round < ROUNDS; round++) {
            int[] large = new int[4];
            for (int i = 0; i < large.length; i++) {
                large[i] = trace.allocate(1, 2000 + 100 * random.nextInt(8), 1, false);
            }
            for (int i = 0; i < 3 * large.length; i++) {
                trace.free(0, trace.allocate(0, 40 + 8 * (i % 3), 1, false));
            }
            for (int block : large) {
                trace.free(0, block);
            }
        }
        return trace.build();
    }

    @Test
    void shouldTellThreadsApart() {
        Profile profile = TraceProfiler.profile(program());
        EntryPointProfile seen = profile.entryPoints().get(0);
        ThreadSizes sizes = new ThreadSizes(profile.threads(), seen.bands());
        assertEquals(3 * 4 * ROUNDS, profile.threads().get(0).allocateCount(), "the reader comes first");
        for (int band = 0; band < seen.bands().size(); band++) {
            boolean isSmall = seen.bands().get(band).maxByteSize() < 100;
            // Three blocks in four are small ones.
            assertEquals(isSmall ? 4.0 / 3 : 0, sizes.weight(0, band), 0.01);
            assertEquals(isSmall ? 0 : 4, sizes.weight(1, band), 0.01);
        }
        List<List<AllocationBurst>> own = sizes.own(seen.bursts());
        assertTrue(own.get(0).stream()
                .flatMap(burst -> burst.blocks().stream())
                .allMatch(block -> block.byteSize() < 100));
        assertTrue(own.get(1).stream()
                .flatMap(burst -> burst.blocks().stream())
                .allMatch(block -> block.byteSize() >= 2000));
        assertEquals(seen.bursts().size(), own.get(0).size() + own.get(1).size());
    }

    @Test
    void shouldGiveAWorkloadsThreadsTheirOwnBlocksAndFrees() {
        Profile profile = TraceProfiler.profile(program());
        TraceProgram workload =
                WorkloadGenerator.generate(profile, profile.entryPoints().get(0));
        int[] owners = new int[workload.slotCount()];
        long foreign = 0;
        long frees = 0;
        long remote = 0;
        for (TraceProgram.Run run : workload.runs()) {
            for (int event = run.from(); event < run.to(); event++) {
                int slot = workload.steps()[event] >>> TraceProgram.SLOT_SHIFT;
                if ((workload.steps()[event] & TraceProgram.OPERATION_MASK) == TraceProgram.FREE) {
                    frees += owners[slot];
                    remote += owners[slot] == 1 && run.thread() == 0 ? 1 : 0;
                } else {
                    owners[slot] = run.thread();
                    boolean isLarge = workload.requests()[event] >>> TraceProgram.ALIGNMENT_BITS >= 2000;
                    foreign += isLarge == (run.thread() == 1) ? 0 : 1;
                }
            }
        }
        assertTrue(foreign < 0.02 * 4 * 4 * ROUNDS, foreign + " blocks of the other's sizes");
        assertTrue(remote > 0.9 * frees, remote + " of the worker's " + frees + " freed by the reader");
    }
}
