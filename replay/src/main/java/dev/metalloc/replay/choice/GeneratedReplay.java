// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.choice;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.replay.peak.OurPeak;
import dev.metalloc.replay.profile.WorkloadGenerator;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.trace.TraceProgram;

/**
 * Replays a workload made from a profile on compositions. Only the peak is looked at, which is the same each time, so that what is
 * chosen by it is, too.
 *
 * <p>Confined.
 */
final class GeneratedReplay {

    private final TraceProgram workload;
    private final double scale;

    GeneratedReplay(Profile profile, EntryPointProfile entryPoint) {
        workload = WorkloadGenerator.generate(profile, entryPoint);
        // The workload may hold less at once than the program did.
        scale = (double) entryPoint.peakLiveBytes() / Math.max(1, workload.peakRequestedBytes());
    }

    /** Bytes committed at the peak, as they would be for the program's own; what the model expects where it cannot be replayed. */
    double peakBytes(Composition composition) {
        AllocatorSpec spec = composition.spec();
        return OurPeak.measure(Subject.ours(spec.allocator(), spec.allocator(), spec.parameters()), workload)
                .map(footprint -> footprint.peakCommittedBytes() * scale)
                .orElse(composition.peakBytes());
    }
}
