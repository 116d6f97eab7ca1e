// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import dev.metalloc.agent.runtime.ProfileState;
import dev.metalloc.agent.runtime.TraceQueue;
import dev.metalloc.agent.runtime.TraceRecorder;
import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.aggregate.RecordingTerms;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.heap.HeapWatch;
import dev.metalloc.profiler.io.ProfileWriter;
import dev.metalloc.profiler.record.RawSnapshot;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.RecordingCost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what the recorder holds into the profile's file, as often as asked; any thread. */
final class ProfileOutput {

    private final Recorder recorder;
    private final FileClaim claim;
    private final @Nullable Path spool;
    private final String app;
    private final ProfileMode mode;
    private final boolean attached;
    private final long startEpochMillis = System.currentTimeMillis();
    private final long startNanos = System.nanoTime();
    // Asked while there is room: a class that could not be initialised in a full heap stays broken, and the writer asks
    // it too.
    private final long processId = ProcessHandle.current().pid();
    private final List<String> lacks = new ArrayList<>();
    private @Nullable Throwable interimFailure;
    private final RecordingCost cost;
    private final HeapWatch heaps = new HeapWatch();

    ProfileOutput(
            Recorder recorder,
            RecorderOptions options,
            FileClaim claim,
            @Nullable Path spool,
            String app,
            ProfileMode mode,
            boolean attached) {
        this.recorder = recorder;
        this.claim = claim;
        this.spool = spool;
        this.app = app;
        this.mode = mode;
        this.attached = attached;
        this.cost = new RecordingCost(options, mode == ProfileMode.SAMPLED);
    }

    Path file() {
        return claim.file();
    }

    synchronized void lacks(String sentence) {
        if (!lacks.contains(sentence)) {
            lacks.add(sentence);
        }
    }

    /** Keeps the first failure for later: there may be no memory now to put it in words. */
    synchronized void interimFailed(Throwable failure) {
        if (interimFailure == null) {
            interimFailure = failure;
        }
    }

    synchronized void measureCost() {
        try {
            cost.measure();
        } catch (OutOfMemoryError e) {
            // The heap is full, and the profile is worth more than what it says of its own cost.
        }
    }

    /**
     * Writes what is known so far; the file of a run that is still going on need not outlive the machine.
     *
     * @param complete whether the run has ended in order
     * @param backgroundNanos what the profiler's own thread took
     */
    synchronized Profile write(boolean complete, long backgroundNanos) throws IOException {
        measureCost();
        long now = System.nanoTime();
        recorder.tick(now);
        heaps.look();
        RawSnapshot snapshot = recorder.snapshot();
        RunInfo run = new RunInfo(
                app,
                System.getProperty("java.runtime.version", "unknown"),
                mode,
                startEpochMillis,
                now - startNanos,
                1,
                complete,
                allLacks());
        RecordingTerms terms = new RecordingTerms(
                !attached,
                cost.nanosPerEvent(),
                cost.nanosPerQuickEvent(),
                backgroundNanos,
                traceBytes(),
                heaps.mostHeldBytes());
        Profile profile = ProfileBuilder.build(snapshot, run, terms);
        Path parent = file().getParent();
        if (parent != null) {
            Files.createDirectories(parent);
        }
        if (complete) {
            ProfileWriter.write(file(), profile);
        } else {
            ProfileWriter.writeInterim(file(), profile);
        }
        return profile;
    }

    /** A recording that was attached has none. */
    private long traceBytes() {
        TraceRecorder trace = attached ? null : ProfileState.trace;
        return trace == null ? 0 : TraceQueue.heldBytes() + trace.heldBytes();
    }

    private List<String> allLacks() {
        List<String> all = new ArrayList<>(lacks);
        if (interimFailure != null) {
            all.add("an interim write failed: " + reason(interimFailure));
        }
        return all;
    }

    /** Puts a copy where the next metalloc command finds it and stores it; each copy has a name of its own. */
    void copyToSpool() throws IOException {
        if (spool == null) {
            return;
        }
        Files.createDirectories(spool);
        String name = startEpochMillis + "-" + processId + "-" + Long.toHexString(startNanos);
        Path unfinished = spool.resolve(name + ".tmp");
        try {
            Files.copy(file(), unfinished, StandardCopyOption.REPLACE_EXISTING);
            Files.move(unfinished, spool.resolve(name + ".mprof"), StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    void release() {
        claim.release();
    }

    static String reason(Throwable failure) {
        String message = failure.getMessage();
        return failure instanceof IOException && message != null ? message : failure.toString();
    }
}
