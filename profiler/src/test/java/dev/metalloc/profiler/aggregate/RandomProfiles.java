// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.record.ArenaRecord;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.util.List;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** Profiles of short random programs, as a recorder sees them. */
@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
public final class RandomProfiles {
    private RandomProfiles() {}

    public static Profile of(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] line = new int[1];
        RecorderOptions options = seed % 2 == 0 ? RecorderOptions.sampled(4096, 4096) : RecorderOptions.full();
        Recorder recorder = new Recorder(options, into -> {
            into.add("app.Class" + random.nextInt(5), "run", line[0]++);
            into.add("app.Main", "main", random.nextInt(3) - 1);
        });
        Thread.currentThread().setName("worker-" + random.nextInt(3));
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        int steps = 200 + random.nextInt(500);
        for (int i = 0; i < steps; i++) {
            recorder.tick(i * 1_000_000_000L);
            step(thread, random);
        }
        RunInfo run = new RunInfo(
                "app-" + random.nextInt(2),
                "25." + random.nextInt(2),
                random.nextBoolean() ? ProfileMode.FULL : ProfileMode.SAMPLED,
                random.nextLong(1L << 40),
                random.nextLong(1L << 40),
                1,
                random.nextBoolean(),
                random.nextBoolean() ? List.of() : List.of("no " + random.nextInt(3)));
        OptionalLong heldBytes =
                seed % 3 == 0 ? OptionalLong.empty() : OptionalLong.of(random.nextLong(1L << random.nextInt(10, 40)));
        return ProfileBuilder.build(recorder.snapshot(), run, new RecordingTerms(true, 0, 0, 0, 0, heldBytes));
    }

    private static void step(ThreadRecorder thread, SplittableRandom random) {
        int entryPoint = EntryPoint.DIRECT_BUFFER.ordinal() + random.nextInt(3);
        long address = 16 + 16L * random.nextInt(50);
        long size = random.nextLong(1L << random.nextInt(1, 20));
        if (random.nextInt(3) == 0) {
            ArenaRecord arena = thread.openArena(random.nextInt(3));
            arena.allocated(thread, size, 32, ThreadRecorder.ZEROED);
            if (random.nextBoolean()) {
                arena.closed(thread);
            }
        } else if (random.nextBoolean()) {
            thread.allocated(entryPoint, address, size, 8, random.nextInt(4));
        } else if (random.nextBoolean()) {
            long token = thread.beginReallocate(entryPoint, address);
            thread.endReallocate(entryPoint, token, address, address, size + 1);
        } else {
            thread.freed(entryPoint, address);
        }
    }
}
