// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.Profile;
import java.util.List;

/**
 * What some runs of an application showed.
 *
 * @param merged of all of them
 * @param runs each by itself, as far as they are known; a file may hold a profile of many runs
 */
public record ProfiledRuns(Profile merged, List<Profile> runs) {

    public ProfiledRuns {
        runs = List.copyOf(runs);
    }

    /** Of one or more profiles. */
    public static ProfiledRuns of(List<Profile> runs) {
        return new ProfiledRuns(Profiles.merge(runs), runs);
    }
}
