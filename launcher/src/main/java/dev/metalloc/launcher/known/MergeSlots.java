// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.profiler.aggregate.Profiles;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Merges any number of profiles while holding few: slot {@code i} holds the sum of {@code 2^i} of them or nothing, as the
 * bits of a counter. Large sums so meet large ones only, and each profile takes part in a number of merges that grows with
 * the logarithm of how many there are. One thread.
 */
final class MergeSlots {

    private final List<@Nullable Profile> slots = new ArrayList<>();

    void add(Profile profile) {
        Profile carried = profile;
        for (int i = 0; i < slots.size(); i++) {
            Profile other = slots.get(i);
            if (other == null) {
                slots.set(i, carried);
                return;
            }
            carried = Profiles.merge(other, carried);
            slots.set(i, null);
        }
        slots.add(carried);
    }

    /** The sum of all; empty where there were none. */
    Optional<Profile> sum() {
        return slots.stream()
                .filter(Objects::nonNull)
                .map(Objects::requireNonNull)
                .reduce(Profiles::merge);
    }

    /** A profile that counts as so many. */
    static Profile times(Profile profile, int count) {
        Profile doubled = profile;
        Profile sum = null;
        for (int rest = count; rest > 0; rest >>= 1) {
            if ((rest & 1) != 0) {
                sum = sum == null ? doubled : Profiles.merge(sum, doubled);
            }
            if (rest > 1) {
                doubled = Profiles.merge(doubled, doubled);
            }
        }
        return sum == null ? profile : sum;
    }
}
