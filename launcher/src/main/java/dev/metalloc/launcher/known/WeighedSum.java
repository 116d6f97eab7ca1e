// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.profiler.api.Profile;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The sum of profiles that count more than once, each as if it had been merged so often, in whatever order they come. One thread. */
public final class WeighedSum {

    private final Map<Integer, MergeSlots> byTimes = new TreeMap<>();

    public void add(Profile profile, int times) {
        byTimes.computeIfAbsent(times, key -> new MergeSlots()).add(profile);
    }

    /** Empty where there was none. */
    public Optional<Profile> sum() {
        MergeSlots all = new MergeSlots();
        byTimes.forEach((times, slots) -> slots.sum().ifPresent(sum -> all.add(MergeSlots.times(sum, times))));
        return all.sum();
    }
}
