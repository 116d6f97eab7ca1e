// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.choice;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.classifier.composite.WorkloadReplay;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.peak.OurPeak;
import dev.metalloc.replay.profile.WorkloadGenerator;
import dev.metalloc.replay.timing.InterleavedTimer;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.timing.Timing;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Replays a workload made from a profile on compositions.
 *
 * <p>Confined.
 */
final class GeneratedReplay implements WorkloadReplay {

    // A few finalists take as many seconds as there are of them: nearly all of it is the compiler's.
    static final InterleavedTimer.Effort EFFORT =
            new InterleavedTimer.Effort(300_000_000, 4_000_000, 9, 500_000_000, 2);

    /** What cannot serve takes for ever. */
    private static final Timing UNSERVED = new Timing(Double.MAX_VALUE, 0);

    private final TraceProgram workload;
    private final InterleavedTimer.@Nullable Effort effort;
    private final long missingBytes;
    private final Map<String, Double> peaks = new HashMap<>();
    private final List<AutoChoice.Finalist> finalists = new ArrayList<>();

    /** A replay of an entry point's workload; times are not measured where no effort is to be made. */
    GeneratedReplay(Profile profile, EntryPointProfile entryPoint, InterleavedTimer.@Nullable Effort effort) {
        this.effort = effort;
        workload = WorkloadGenerator.generate(profile, entryPoint);
        // The workload may hold less at once than the program did; what is held beyond what was requested hardly
        // depends on that.
        missingBytes = entryPoint.peakLiveBytes() - workload.peakRequestedBytes();
    }

    @Override
    public double peakBytes(Composition composition) {
        Subject subject = subject(composition);
        return peaks.computeIfAbsent(subject.text(), text -> {
            OptionalLong committed = OurPeak.committedBytes(subject, workload);
            return committed.isPresent() ? (double) (committed.getAsLong() + missingBytes) : Double.POSITIVE_INFINITY;
        });
    }

    @Override
    public List<MeasuredNanos> nanosPerEvent(List<Composition> compositions) {
        if (effort == null) {
            return List.of();
        }
        List<Subject> subjects =
                compositions.stream().map(GeneratedReplay::subject).toList();
        Map<Subject, Timing> timings = new InterleavedTimer(effort).time(workload, subjects);
        List<MeasuredNanos> measured = subjects.stream()
                .map(subject -> timings.getOrDefault(subject, UNSERVED))
                .map(timing -> new MeasuredNanos(timing.nanosPerEvent(), timing.nanosPerEventError()))
                .toList();
        for (int i = 0; i < measured.size(); i++) {
            finalists.add(new AutoChoice.Finalist(compositions.get(i), measured.get(i)));
        }
        return measured;
    }

    /** All that were timed so far. */
    List<AutoChoice.Finalist> finalists() {
        return finalists;
    }

    private static Subject subject(Composition composition) {
        AllocatorSpec spec = composition.spec();
        return Subject.ours("", spec.allocator(), spec.parameters());
    }
}
