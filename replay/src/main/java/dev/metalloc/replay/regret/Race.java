// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.replay.timing.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Finds the fastest of many candidates: all are timed quickly, some at a time, each beside the choice; the few that were the fastest
 * against it are timed thoroughly with it.
 *
 * <p>Used once, by one thread.
 */
final class Race {

    private static final int BATCH = 14;
    private static final int FINALISTS = 6;
    // The heats take a second each: code of a dozen allocators is compiled. Those that the model puts first, and some
    // of each other kind.
    private static final int MOST_IN_HEATS = 28;
    private static final int MOST_OF_KIND = 3;

    private final Path trace;
    private final Candidate choice;
    private final List<Candidate> seeded;

    /** @param seeded candidates that come into the last round in any case */
    Race(Path trace, Candidate choice, List<Candidate> seeded) {
        this.trace = trace;
        this.choice = choice;
        this.seeded = seeded;
    }

    /**
     * A candidate against the choice, both from one JVM.
     *
     * @param ratio of their times
     * @param error of the ratio, half a 95 % interval
     */
    record Result(Candidate candidate, double nanosPerEvent, double ratio, double error) {}

    /** The finalists and the choice, the fastest first. */
    List<Result> run(List<Candidate> candidates) throws IOException, InterruptedException {
        List<Candidate> others = entrants(candidates);
        List<Result> heats = new ArrayList<>();
        for (int from = 0; from < others.size(); from += BATCH) {
            heats.addAll(timed(others.subList(from, Math.min(others.size(), from + BATCH)), false));
        }
        Set<Candidate> finalists = new LinkedHashSet<>(seeded);
        heats.stream()
                .sorted(Comparator.comparingDouble(Result::ratio))
                .limit(FINALISTS)
                .map(Result::candidate)
                .forEach(finalists::add);
        finalists.remove(choice);
        List<Result> results = new ArrayList<>(timed(new ArrayList<>(finalists), true));
        results.sort(Comparator.comparingDouble(Result::ratio));
        return results;
    }

    /** The model's favourites of each kind, and then those that it puts first; of those that do the same one. */
    private List<Candidate> entrants(List<Candidate> candidates) {
        List<Candidate> byModel = candidates.stream()
                .filter(each -> !each.equals(choice))
                .sorted(Comparator.comparingDouble(each -> each.composition().nanosPerEvent()))
                .toList();
        Set<Candidate> entrants = new LinkedHashSet<>();
        Set<String> seen = new HashSet<>();
        Map<String, Integer> ofKind = new HashMap<>();
        for (Candidate each : byModel) {
            boolean isNew =
                    seen.add(each.peakBytes() + " " + (float) each.composition().nanosPerEvent());
            if (isNew && ofKind.merge(kind(each), 1, Integer::sum) <= MOST_OF_KIND && entrants.size() < MOST_IN_HEATS) {
                entrants.add(each);
            }
        }
        return new ArrayList<>(entrants);
    }

    /** The parts without their limits and classes. */
    private static String kind(Candidate candidate) {
        return candidate.composition().text().replaceAll(": about.*| of \\d+ class(es)?| to [^,]*", "");
    }

    /** With the choice itself at the end. */
    private List<Result> timed(List<Candidate> candidates, boolean thorough) throws IOException, InterruptedException {
        List<Candidate> all = new ArrayList<>(candidates);
        all.add(choice);
        List<Timing> timings = TimedBatch.time(trace, thorough, all);
        Timing own = timings.get(timings.size() - 1);
        List<Result> results = new ArrayList<>();
        for (int i = 0; i < all.size(); i++) {
            Timing timing = timings.get(i);
            double ratio = timing.nanosPerEvent() / own.nanosPerEvent();
            double error = Math.hypot(
                    timing.nanosPerEventError() / timing.nanosPerEvent(),
                    own.nanosPerEventError() / own.nanosPerEvent());
            results.add(new Result(all.get(i), timing.nanosPerEvent(), ratio, i == all.size() - 1 ? 0 : ratio * error));
        }
        return results;
    }
}
