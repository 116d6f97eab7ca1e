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

    /** Each walk takes a tenth of a millisecond, ten thousand a second by the recorder's clock: far above the duty. */
    @Test
    void dearWalksBecomeRareAndTheirWeightsGrow() {
        Profile profile = record(0.1);
        long walks = profile.cost().stackSampleCount();
        assertTrue(walks > 256 + StackSampler.WALKS_PER_STEP && walks < 2_000, walks + " walks");
        assertEquals(1.0, (double) profile.sites().getFirst().estimatedAllocateCount() / BLOCKS, 0.35);
    }

    @Test
    void walksWithinTheirDutyStayAsTheyAre() {
        Profile profile = record(1000);
        double expected = 256 + (double) BLOCKS * (BYTES + ByteSampler.OVERHEAD_BYTES) / (64 << 10);
        assertEquals(expected, (double) profile.cost().stackSampleCount(), 0.1 * expected);
        assertEquals(1.0, (double) profile.sites().getFirst().estimatedAllocateCount() / BLOCKS, 0.1);
    }

    private static Profile record(double microsPerBlock) {
        Recorder recorder = new Recorder(RecorderOptions.sampled(64 << 10, 64 << 10), into -> {
            LockSupport.parkNanos(20_000);
            into.add("app.Main", "run", 1);
        });
        recorder.advance(1);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= BLOCKS; i++) {
            thread.allocated(ENTRY, 0x1000, BYTES);
            thread.freed(ENTRY, 0x1000);
            if (i % 100 == 0) {
                recorder.advance((long) (i * microsPerBlock * 1000));
            }
        }
        return RecorderTest.profileOf(recorder);
    }
}
