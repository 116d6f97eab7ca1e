// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import java.util.List;

/**
 * What the classifier says of a profile.
 *
 * @param app application identity
 * @param runCount runs the profile was merged from
 * @param flags of the whole application, strongest first
 * @param verdicts disjoint in entry point and sizes; in the order of the entry points, then of sizes
 * @param notes what weakens all of it, such as an incomplete profile
 */
public record Recommendation(
        String app, int runCount, List<FlagEvidence> flags, List<Verdict> verdicts, List<String> notes) {

    public Recommendation {
        flags = List.copyOf(flags);
        verdicts = List.copyOf(verdicts);
        notes = List.copyOf(notes);
    }

    /** Whether any verdict asks for an allocator. */
    public boolean changesAnything() {
        return verdicts.stream().anyMatch(verdict -> !verdict.isLeave());
    }
}
