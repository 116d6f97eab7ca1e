// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.fleet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.util.List;
import org.junit.jupiter.api.Test;

class BandSharesTest {

    @SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
    private static BandShares mapping(long byteSize) {
        Recorder recorder = new Recorder(RecorderOptions.full(), into -> {});
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        thread.allocated(EntryPoint.UNSAFE.ordinal(), 0x100, byteSize, 1, 0);
        thread.mapped(0x10_0000, 1L << 30, 0);
        Profile profile = ProfileBuilder.build(
                recorder.snapshot(), new RunInfo("a", "25", ProfileMode.FULL, 1, 2, 1, true, List.of()));
        return BandShares.of(profile);
    }

    @Test
    void shouldNotCallProgramsAlikeThatMapTheSameFile() {
        assertEquals(1, mapping(100).overlap(mapping(100)));
        assertEquals(0, mapping(100).overlap(mapping(100_000)));
    }
}
