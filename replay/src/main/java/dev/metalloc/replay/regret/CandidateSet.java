// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.classifier.composite.Composition;
import dev.metalloc.replay.peak.OurPeak;
import dev.metalloc.replay.peak.TraceFootprint;
import dev.metalloc.replay.timing.Subject;
import dev.metalloc.replay.trace.TraceProgram;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Compositions with the peaks that a replay of the trace showed; those that cannot serve it are left out. */
final class CandidateSet {

    private final Map<String, Candidate> byText = new LinkedHashMap<>();

    CandidateSet(TraceProgram program, List<Composition> compositions) {
        for (Composition each : compositions) {
            Candidate unmeasured = new Candidate(each, 0);
            if (!byText.containsKey(unmeasured.text())) {
                measure(unmeasured.subject(), program)
                        .ifPresent(peakBytes -> byText.put(unmeasured.text(), new Candidate(each, peakBytes)));
            }
        }
    }

    private static Optional<Long> measure(Subject subject, TraceProgram program) {
        return OurPeak.measure(subject, program).map(TraceFootprint::peakCommittedBytes);
    }

    /** The candidate of a composition that is in the set. */
    Candidate of(Composition composition) {
        Candidate found = byText.get(new Candidate(composition, 0).text());
        if (found == null) {
            throw new IllegalStateException(composition.text() + " cannot serve the trace");
        }
        return found;
    }

    List<Candidate> all() {
        return new ArrayList<>(byText.values());
    }

    long leastPeakBytes() {
        return byText.values().stream().mapToLong(Candidate::peakBytes).min().orElse(0);
    }
}
