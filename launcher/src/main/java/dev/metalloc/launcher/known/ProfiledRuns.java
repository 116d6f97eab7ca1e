// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.classifier.CountedRun;
import dev.metalloc.policy.store.ProfileMeta;
import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.Profile;
import java.time.Duration;
import java.util.List;

/**
 * What some runs of an application showed.
 *
 * @param merged of all of them: the events that happened
 * @param weighed the same, each run as often as it counts: what is chosen by
 * @param runs each by itself, as far as they are known; a file may hold a profile of many runs
 */
public record ProfiledRuns(Profile merged, Profile weighed, List<CountedRun> runs) {

    public ProfiledRuns {
        runs = List.copyOf(runs);
    }

    /** A run and what the store knows of it. */
    record StoredRun(ProfileMeta meta, Profile profile) {}

    /** Of one profile, of however many runs. */
    static ProfiledRuns of(Profile profile) {
        return new ProfiledRuns(profile, profile, List.of(new CountedRun(profile, 1)));
    }

    /** Of one or more stored runs, in any order: {@link MergeWeights} by the newest of them, not by the clock, so that what is stored says what comes out. */
    static ProfiledRuns ofStored(List<StoredRun> stored) {
        MergeWeights weights = weights(stored);
        List<CountedRun> runs = stored.stream()
                .map(run -> new CountedRun(run.profile(), weights.times(run.meta())))
                .toList();
        WeighedSum weighed = new WeighedSum();
        runs.forEach(run -> weighed.add(run.profile(), run.times()));
        Profile merged = Profiles.merge(runs.stream().map(CountedRun::profile).toList());
        return new ProfiledRuns(merged, weighed.sum().orElse(merged), runs);
    }

    private static MergeWeights weights(List<StoredRun> stored) {
        List<Long> times = stored.stream()
                .map(run -> run.meta().recordedEpochMillis())
                .sorted()
                .toList();
        return new MergeWeights(Duration.ofDays(MergeWeights.HALF_LIFE_DAYS), times.getLast(), times.getFirst());
    }
}
