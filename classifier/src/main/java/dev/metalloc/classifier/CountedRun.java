// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.profiler.api.Profile;

/**
 * A run behind a merged profile.
 *
 * @param times how often the profile was merged into it
 */
public record CountedRun(Profile profile, int times) {

    public CountedRun {
        if (times < 1) {
            throw new IllegalArgumentException("times: " + times + " (expected: 1 or more)");
        }
    }
}
