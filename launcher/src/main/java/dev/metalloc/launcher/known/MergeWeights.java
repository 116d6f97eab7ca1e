// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.policy.store.ProfileMeta;
import java.time.Duration;

/**
 * How often a profile counts when profiles are merged.
 *
 * <p>A long run counts for more by its own events. Beyond that a profile counts half as much for each half-life that it is
 * older than the newest, down to an eighth, times the weight that somebody gave it. Since events are whole, the least
 * counts once and the others a multiple of it; where all are of one half-life and unweighted, each counts once and the
 * sums are the events that happened.
 *
 * @param halfLife of what a profile says about a program
 * @param newestEpochMillis of the profiles that are merged
 * @param oldestEpochMillis of the profiles that are merged
 */
public record MergeWeights(Duration halfLife, long newestEpochMillis, long oldestEpochMillis) {

    public static final int HALF_LIFE_DAYS = 30;

    private static final int MOST_HALVINGS = 3;
    private static final int MOST_TIMES = 1_000;

    public int times(ProfileMeta meta) {
        int steps = halvings(oldestEpochMillis) - halvings(meta.recordedEpochMillis());
        return (int) Math.clamp(Math.round(meta.weight() * (1 << Math.max(0, steps))), 1L, (long) MOST_TIMES);
    }

    private int halvings(long epochMillis) {
        return (int) Math.clamp((newestEpochMillis - epochMillis) / halfLife.toMillis(), 0L, (long) MOST_HALVINGS);
    }
}
