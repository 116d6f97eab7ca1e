// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay;

import com.sun.management.OperatingSystemMXBean;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.replay.loop.NativePeer;
import dev.metalloc.replay.peak.OurPeak;
import dev.metalloc.replay.peak.PeerProcess;
import dev.metalloc.replay.peak.TraceFootprint;
import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.timing.Timing;
import dev.metalloc.replay.trace.TraceCompiler;
import dev.metalloc.replay.trace.TraceProgram;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Compares allocators on one trace: time in this JVM, all in turn; peaks apart. Used once, by one thread. */
final class TraceComparison {

    private final Path file;
    private final TraceProgram program;
    private final InterleavedTimer timer;
    private final Map<Subject, String> absent = new HashMap<>();

    TraceComparison(Path file, InterleavedTimer.Effort effort) throws IOException {
        this.file = file;
        this.program = TraceCompiler.compile(file);
        this.timer = new InterleavedTimer(effort);
    }

    TraceProgram program() {
        return program;
    }

    /** Why nobody can be measured: each byte is written to, and would have to be there. Empty where everybody can. */
    String tooMuch() {
        long memoryBytes =
                ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getTotalMemorySize();
        return program.peakRequestedBytes() <= memoryBytes
                ? ""
                : "the trace holds " + Figures.bytes(program.peakRequestedBytes()) + " at once, more than the "
                        + Figures.bytes(memoryBytes) + " of this machine";
    }

    /** Does not measure a subject, for a reason. */
    void leaveOut(Subject subject, String reason) {
        absent.put(subject, reason);
    }

    List<ReplayResult> compare(List<Subject> subjects, Map<Subject, Composition> chosen) throws InterruptedException {
        Map<Subject, Timing> timings = timer.time(
                program,
                subjects.stream()
                        .filter(subject -> !absent.containsKey(subject))
                        .toList());
        List<ReplayResult> results = new ArrayList<>();
        for (Subject subject : subjects) {
            Timing timing = timings.get(subject);
            Optional<TraceFootprint> footprint = timing == null ? Optional.empty() : footprint(subject);
            results.add(
                    timing == null || footprint.isEmpty()
                            ? absent(subject)
                            : measured(subject, timing, footprint.get(), text(chosen.get(subject))));
        }
        return results;
    }

    private static String text(@Nullable Composition chosen) {
        return chosen == null ? "" : chosen.text();
    }

    /** Empty where it cannot be had: the reason is kept, and what others took stays. */
    private Optional<TraceFootprint> footprint(Subject subject) throws InterruptedException {
        try {
            return measuredFootprint(subject);
        } catch (IOException e) {
            absent.put(subject, String.valueOf(e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<TraceFootprint> measuredFootprint(Subject subject) throws IOException, InterruptedException {
        if (subject.allocator().equals(Subject.FLOOR)) {
            long byteSize = program.peakRequestedBytes();
            return Optional.of(new TraceFootprint(subject.label(), program.eventCount(), byteSize, byteSize, 0, 0));
        }
        return subject.isPeer()
                ? PeerProcess.measure(NativePeer.of(subject.allocator()), file, program)
                : OurPeak.measure(subject, program);
    }

    private ReplayResult measured(Subject subject, Timing timing, TraceFootprint footprint, String chosen) {
        return new ReplayResult(
                name(),
                subject.label(),
                program.eventCount(),
                timing.nanosPerEvent(),
                timing.nanosPerEventError(),
                footprint.peakCommittedBytes(),
                program.peakRequestedBytes(),
                footprint.wasteAtPeakBytes(),
                footprint.recordBytes(),
                chosen,
                subject.text(),
                "");
    }

    private ReplayResult absent(Subject subject) {
        String why = timer.absent().getOrDefault(subject, absent.getOrDefault(subject, "cannot serve the trace"));
        return new ReplayResult(
                name(),
                subject.label(),
                program.eventCount(),
                0,
                0,
                0,
                program.peakRequestedBytes(),
                0,
                0,
                "",
                subject.text(),
                why);
    }

    private String name() {
        return program.name().replaceFirst("\\.mtrc(\\.gz)?$", "");
    }
}
