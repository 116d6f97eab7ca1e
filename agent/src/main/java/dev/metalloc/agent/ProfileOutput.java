// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.io.ProfileWriter;
import dev.metalloc.profiler.record.RawSnapshot;
import dev.metalloc.profiler.record.Recorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what the recorder holds into the profile's file, as often as asked. */
final class ProfileOutput {

    private final Recorder recorder;
    private final Path file;
    private final @Nullable Path spool;
    private final String app;
    private final ProfileMode mode;
    private final long startEpochMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    private final List<String> lacks = new ArrayList<>();

    ProfileOutput(Recorder recorder, Path file, @Nullable Path spool, String app, ProfileMode mode) {
        this.recorder = recorder;
        this.file = file.toAbsolutePath();
        this.spool = spool;
        this.app = app;
        this.mode = mode;
    }

    Path file() {
        return file;
    }

    synchronized void lacks(String sentence) {
        if (!lacks.contains(sentence)) {
            lacks.add(sentence);
        }
    }

    /**
     * Writes what is known so far.
     *
     * @param complete whether the run has ended in order
     */
    synchronized Profile write(boolean complete) throws IOException {
        long now = System.nanoTime();
        recorder.tick(now);
        RawSnapshot snapshot = recorder.snapshot();
        RunInfo run = new RunInfo(
                app,
                System.getProperty("java.runtime.version", "unknown"),
                mode,
                startEpochMillis,
                now - startNanos,
                1,
                complete,
                lacks);
        Profile profile = ProfileBuilder.build(snapshot, run);
        Path parent = file.getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        ProfileWriter.write(file, profile);
        return profile;
    }

    /** Puts a copy where the next metalloc command finds it and stores it; each copy has a name of its own. */
    void copyToSpool() throws IOException {
        if (spool == null) {
            return;
        }
        Files.createDirectories(spool);
        String name = startEpochMillis + "-" + ProcessHandle.current().pid() + ".mprof";
        Path unfinished = spool.resolve(name + ".tmp");
        Files.copy(file, unfinished, StandardCopyOption.REPLACE_EXISTING);
        Files.move(unfinished, spool.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }
}
