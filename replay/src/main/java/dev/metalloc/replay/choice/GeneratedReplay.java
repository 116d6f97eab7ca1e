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
    static final InterleavedTimer.Effort EFFORT = new InterleavedTimer.Effort(300_000_000, 4_000_000, 9, 500_000_000);

    /** Of each composition's code: the same code compiled twice may differ by a quarter. */
    private static final int COPIES = 2;

    private final TraceProgram workload;
    private final InterleavedTimer.@Nullable Effort effort;
    private final long missingBytes;
    private final Map<String, Double> peaks = new HashMap<>();

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
        Subject subject = subject(composition, "");
        return peaks.computeIfAbsent(subject.text(), text -> {
            OptionalLong committed = OurPeak.committedBytes(subject, workload);
            return committed.isPresent() ? (double) (committed.getAsLong() + missingBytes) : composition.peakBytes();
        });
    }

    @Override
    public List<MeasuredNanos> nanosPerEvent(List<Composition> compositions) {
        if (effort == null) {
            return List.of();
        }
        List<Subject> subjects = new ArrayList<>();
        for (Composition each : compositions) {
            for (int copy = 0; copy < COPIES; copy++) {
                subjects.add(subject(each, String.valueOf(subjects.size())));
            }
        }
        Map<Subject, Timing> timings = new InterleavedTimer(effort).time(workload, subjects);
        List<MeasuredNanos> measured = new ArrayList<>();
        for (int i = 0; i < subjects.size(); i += COPIES) {
            measured.add(mean(subjects.subList(i, i + COPIES), timings));
        }
        return measured;
    }

    /** One that cannot serve takes for ever. */
    private static MeasuredNanos mean(List<Subject> copies, Map<Subject, Timing> timings) {
        if (!timings.keySet().containsAll(copies)) {
            return new MeasuredNanos(Double.MAX_VALUE, 0);
        }
        Timing mean = Timing.ofCopies(copies.stream().map(timings::get).toList());
        return new MeasuredNanos(mean.nanosPerEvent(), mean.nanosPerEventError());
    }

    private static Subject subject(Composition composition, String label) {
        AllocatorSpec spec = composition.spec();
        return Subject.ours(label, spec.allocator(), spec.parameters());
    }
}
