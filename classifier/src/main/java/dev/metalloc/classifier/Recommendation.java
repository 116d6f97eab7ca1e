// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.profiler.api.HeapUse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the classifier says of a profile.
 *
 * @param app application identity
 * @param runCount runs the profile was merged from
 * @param objective what the choice is to be good at
 * @param flags of the whole application, strongest first
 * @param verdicts disjoint in entry point, site and sizes; in the order of the entry points, then of sizes
 * @param fronts what was not beaten in both time and memory, for each entry point that something was composed for
 * @param notes what weakens all of it, such as an incomplete profile
 * @param sites what the places with most bytes do, most first
 * @param heaps what the C library's heaps held, where that is known
 */
public record Recommendation(
        String app,
        int runCount,
        Objective objective,
        List<FlagEvidence> flags,
        List<Verdict> verdicts,
        List<EntryPointFront> fronts,
        List<String> notes,
        List<SiteEvidence> sites,
        Optional<HeapUse> heaps) {

    public Recommendation {
        flags = List.copyOf(flags);
        verdicts = List.copyOf(verdicts);
        fronts = List.copyOf(fronts);
        notes = List.copyOf(notes);
        sites = List.copyOf(sites);
    }

    /** One of which neither a site nor what the C library held is known. */
    public Recommendation(
            String app,
            int runCount,
            Objective objective,
            List<FlagEvidence> flags,
            List<Verdict> verdicts,
            List<EntryPointFront> fronts,
            List<String> notes) {
        this(app, runCount, objective, flags, verdicts, fronts, notes, List.of(), Optional.empty());
    }

    /** The same, of so many runs however often each counts, with other verdicts. */
    Recommendation of(List<CountedRun> runs, List<Verdict> others) {
        int happened =
                runs.stream().mapToInt(run -> run.profile().run().runCount()).sum();
        int most = runs.stream().mapToInt(CountedRun::times).max().orElse(1);
        int least = runs.stream().mapToInt(CountedRun::times).min().orElse(1);
        List<String> all = new ArrayList<>(notes);
        if (most > least) {
            all.add("some runs count " + most + " times, others " + least
                    + " (newer ones for more): the figures are sums of these");
        }
        return new Recommendation(app, happened, objective, flags, others, fronts, all, sites, heaps);
    }

    /** Whether any verdict asks for an allocator. */
    public boolean changesAnything() {
        return verdicts.stream().anyMatch(verdict -> !verdict.isLeave());
    }
}
