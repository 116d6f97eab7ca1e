// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.choice.AutoChoice;
import dev.metalloc.replay.profile.TraceProfiler;
import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.trace.TraceProgram;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Replays traces in a JVM of its own and prints what came out.
 *
 * <p>That JVM trusts final instance fields, as the JVM of an application does for allocators that the agent puts into {@code java.base}.
 */
public final class ReplayMain {

    private final ReplayRequest request;
    private final CostModel costs;

    private ReplayMain(ReplayRequest request) throws IOException {
        this.request = request;
        this.costs = costs(request);
    }

    /** Arguments: the words of a {@link ReplayRequest}, then traces. */
    public static void main(String[] words) throws InterruptedException {
        try {
            new ReplayMain(ReplayRequest.parse(words)).run();
        } catch (IOException | IllegalArgumentException | UncheckedIOException e) {
            System.err.println("metalloc: " + e.getMessage());
            System.exit(1);
        }
    }

    private static CostModel costs(ReplayRequest request) throws IOException {
        if (request.costs().isEmpty()) {
            return CostModel.shipped();
        }
        try (Reader reader = Files.newBufferedReader(request.costs().get(), StandardCharsets.UTF_8)) {
            return CostModel.calibrated(reader);
        }
    }

    private void run() throws IOException, InterruptedException {
        List<ReplayResult> all = new ArrayList<>();
        boolean isDone = false;
        try {
            for (Path trace : request.traces()) {
                show("replaying " + trace.getFileName());
                List<ReplayResult> results = replay(trace);
                all.addAll(results);
                clear();
                if (!request.json()) {
                    System.out.print(ReplayTable.write(results));
                }
            }
            isDone = true;
        } finally {
            // What the traces before one that fails took minutes to show is not lost with it.
            if (request.json() && (isDone || !all.isEmpty())) {
                System.out.print(ReplayJson.write(all));
            }
        }
    }

    private List<ReplayResult> replay(Path trace) throws IOException, InterruptedException {
        try {
            return compared(trace);
        } catch (OutOfMemoryError e) {
            long mebibytes = Runtime.getRuntime().maxMemory() >> 20;
            throw new IllegalArgumentException(
                    trace + ": trace too large for a replay's " + mebibytes + " MiB (record a part)", e);
        }
    }

    private List<ReplayResult> compared(Path trace) throws IOException, InterruptedException {
        InterleavedTimer.Effort effort =
                request.quick() ? InterleavedTimer.Effort.QUICK : InterleavedTimer.Effort.THOROUGH;
        TraceComparison comparison = new TraceComparison(trace, effort);
        checkAllocates(trace, comparison.program());
        String tooMuch = comparison.tooMuch();
        List<Subject> subjects = new ArrayList<>();
        Map<Subject, Composition> chosen = new HashMap<>();
        for (Subject subject : request.ours()) {
            boolean isAuto = subject.allocator().equals(AutoChoice.LABEL);
            subjects.add(isAuto && tooMuch.isEmpty() ? auto(subject, comparison, chosen) : subject);
        }
        subjects.addAll(request.peers());
        if (!tooMuch.isEmpty()) {
            subjects.forEach(subject -> comparison.leaveOut(subject, tooMuch));
        }
        return comparison.compare(subjects, chosen);
    }

    /** What was chosen in place of {@code auto}; that itself, to be left out, where nothing could be. */
    private Subject auto(Subject named, TraceComparison comparison, Map<Subject, Composition> chosen) {
        try {
            // The choosing half sees the profile and nothing else.
            Profile profile = TraceProfiler.profile(comparison.program());
            AutoChoice auto = AutoChoice.of(profile, costs, request.objective());
            chosen.put(auto.subject(), auto.composition());
            return auto.subject();
        } catch (IllegalArgumentException e) {
            comparison.leaveOut(named, String.valueOf(e.getMessage()));
            return named;
        }
    }

    /** @throws IllegalArgumentException where there is nothing to replay: a block's allocation comes before all other events */
    static void checkAllocates(Path trace, TraceProgram program) {
        if (program.eventCount() == 0) {
            throw new IllegalArgumentException(
                    trace + ": no allocation in this trace (record a run that asks for off-heap memory)");
        }
    }

    private void show(String what) {
        if (request.showsProgress()) {
            System.err.print("\r\033[K" + what + " …");
        }
    }

    private void clear() {
        if (request.showsProgress()) {
            System.err.print("\r\033[K");
        }
    }
}
