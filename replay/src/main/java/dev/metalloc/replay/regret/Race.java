// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import dev.metalloc.replay.timing.Timing;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the fastest of many candidates: all are timed quickly, some at a time, each beside the choice; the few that were the fastest
 * against it are timed thoroughly with it.
 *
 * <p>Used once, by one thread.
 */
final class Race {

    private static final int BATCH = 14;
    private static final int FINALISTS = 6;

    private final Path trace;
    private final Candidate choice;

    Race(Path trace, Candidate choice) {
        this.trace = trace;
        this.choice = choice;
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
        List<Candidate> others =
                candidates.stream().filter(each -> !each.equals(choice)).toList();
        List<Result> heats = new ArrayList<>();
        for (int from = 0; from < others.size(); from += BATCH) {
            heats.addAll(timed(others.subList(from, Math.min(others.size(), from + BATCH)), false));
        }
        List<Candidate> finalists = heats.stream()
                .sorted(Comparator.comparingDouble(Result::ratio))
                .limit(FINALISTS)
                .map(Result::candidate)
                .toList();
        List<Result> results = new ArrayList<>(timed(finalists, true));
        results.sort(Comparator.comparingDouble(Result::ratio));
        return results;
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
