// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.Profile;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class StackSamplerTest {
    private static final int ENTRY = Recorder.ARENA_GLOBAL + 2;
    private static final int BLOCKS = 400_000;
    private static final long BYTES = 1000;
    private static final int SEEDS = 60;
    private static final long CERTAIN = RecorderOptions.DEFAULT_CERTAIN_BLOCKS;

    /** Ten thousand walks a second by the recorder's clock, far above their duty; one recording's few late walks say little. */
    @Test
    void dearWalksBecomeRareAndTheirWeightsGrow() {
        double estimated = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            Profile profile = record(0.1, BLOCKS / 4);
            long walks = profile.cost().stackSampleCount();
            assertTrue(walks > CERTAIN + StackDuty.WALKS_PER_STEP && walks < 400, walks + " walks");
            estimated += profile.sites().getFirst().estimatedAllocateCount();
        }
        assertEquals(1.0, estimated / SEEDS / (BLOCKS / 4), 0.3);
    }

    /** A second for each block by the recorder's clock: no load of the machine makes the walks dear. */
    @Test
    void walksWithinTheirDutyStayAsTheyAre() {
        Profile profile = record(1_000_000, BLOCKS);
        double expected = CERTAIN + (double) BLOCKS * (BYTES + ByteSampler.OVERHEAD_BYTES) / (64 << 10);
        assertEquals(expected, (double) profile.cost().stackSampleCount(), 0.1 * expected);
        assertEquals(1.0, (double) profile.sites().getFirst().estimatedAllocateCount() / BLOCKS, 0.1);
    }

    private static Profile record(double microsPerBlock, int blocks) {
        Recorder recorder = new Recorder(RecorderOptions.sampled(64 << 10, 64 << 10), into -> {
            LockSupport.parkNanos(20_000);
            into.add("app.Main", "run", 1);
        });
        recorder.advance(1);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= blocks; i++) {
            thread.allocated(ENTRY, 0x1000, BYTES);
            thread.freed(ENTRY, 0x1000);
            if (i % 100 == 0) {
                recorder.advance((long) (i * microsPerBlock * 1000));
            }
        }
        return RecorderTest.profileOf(recorder);
    }
}
