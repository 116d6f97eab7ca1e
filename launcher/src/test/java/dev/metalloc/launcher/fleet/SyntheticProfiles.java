// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.fleet;

import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.aggregate.RecordingTerms;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.io.ProfileWriter;
import dev.metalloc.profiler.record.FrameBuffer;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;

/** Profiles as the recorder makes them, of programs that do what a seed says. */
public final class SyntheticProfiles {

    private static final int BLOCKS = 400;
    private static final int SITES = 12;
    private static final long DAY_MILLIS = 86_400_000;
    public static final long NEWEST_MILLIS = 1_790_000_000_000L;

    private SyntheticProfiles() {}

    /** A program that allocates small blocks of a few sizes, and now and then a larger one, at a dozen places. */
    public static Profile usual(String app, long seed) {
        return recorded(app, seed, EntryPoint.UNSAFE, 64, 4096);
    }

    /** A program that takes large direct buffers: nothing of it is like the usual one. */
    public static Profile unusual(String app, long seed) {
        return recorded(app, seed, EntryPoint.DIRECT_BUFFER, 1 << 20, 8 << 20);
    }

    @SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
    private static Profile recorded(String app, long seed, EntryPoint entryPoint, int minBytes, int maxBytes) {
        Random random = new Random(seed);
        int[] site = new int[1];
        Recorder recorder = new Recorder(RecorderOptions.full(), into -> frames(into, site[0]));
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        recorder.tick(1_000);
        for (int i = 0; i < BLOCKS; i++) {
            site[0] = random.nextInt(SITES);
            long address = 0x10000L + i * 16L;
            thread.allocated(entryPoint.ordinal(), address, minBytes + random.nextInt(maxBytes - minBytes), 8, 0);
            if (random.nextInt(4) != 0) {
                thread.freed(entryPoint.ordinal(), address);
            }
        }
        recorder.tick(5_000_001_000L);
        OptionalLong heldBytes = OptionalLong.of((8 << 20) + random.nextInt(1 << 20));
        return ProfileBuilder.build(
                recorder.snapshot(),
                run(app, NEWEST_MILLIS, 5_000_000_000L),
                new RecordingTerms(true, 0, 0, 0, 0, heldBytes));
    }

    private static void frames(FrameBuffer into, int site) {
        for (int depth = 0; depth < 4; depth++) {
            if (!into.add("com.example.app.Service" + site, "call" + depth, 10 * depth)) {
                return;
            }
        }
    }

    private static RunInfo run(String app, long startMillis, long nanos) {
        return new RunInfo(app, "25.0.3+9-LTS", ProfileMode.SAMPLED, startMillis, nanos, 1, true, List.of());
    }

    /** The same behaviour in a run of another application at another time. */
    public static Profile at(Profile profile, String app, long startMillis) {
        return new Profile(
                run(app, startMillis, profile.run().durationNanos()),
                profile.entryPoints(),
                profile.sites(),
                profile.threads(),
                profile.threadCounts(),
                profile.timeLine(),
                profile.peakLiveBytes(),
                profile.cost(),
                profile.heaps());
    }

    public static long daysOld(long days) {
        return NEWEST_MILLIS - days * DAY_MILLIS;
    }

    public static byte[] bytes(Profile profile, Path scratch) throws IOException {
        ProfileWriter.write(scratch, profile);
        return Files.readAllBytes(scratch);
    }
}
