// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import java.util.Optional;

/**
 * What was weighed for a group, and what is to be done.
 *
 * @param jdkNanos an allocation with its free on the JDK's path
 * @param savedShare what the best option saves, as a share of the run's time on one core; 0 without options
 * @param taken the allocator to take, or none to leave
 * @param isForMemory whether it is taken for the memory that it saves
 */
record Choice(
        BandGroup group,
        Weighing weighing,
        double jdkNanos,
        double savedShare,
        Optional<Option> taken,
        boolean isForMemory) {

    /** Undecided. */
    static Choice of(BandGroup group, Weighing weighing, double jdkNanos) {
        double savedShare =
                weighing.isNothingElse() || weighing.options().get(0).isLeave()
                        ? 0
                        : share(group, jdkNanos - weighing.options().get(0).pairNanos());
        return new Choice(group, weighing, jdkNanos, savedShare, Optional.empty(), false);
    }

    /** The same, with an option taken for the memory that it saves: before all others. */
    Choice forMemory(Option option) {
        Choice first = of(group, weighing.with(option), jdkNanos);
        return new Choice(group, first.weighing, jdkNanos, first.savedShare, Optional.of(option), true);
    }

    private static double share(BandGroup group, double nanos) {
        return group.features().allocatesPerSecond() * nanos / 1e9;
    }

    /** What an option takes longer than the JDK's path, as a share of the run's time on one core; below 0 where it saves. */
    double lostShare(Option option) {
        return share(group, option.pairNanos() - jdkNanos);
    }

    Optional<Option> best() {
        return weighing.options().stream().findFirst();
    }

    /** What comes after the best that is not the same allocator with other parameters, unless there is nothing else. */
    Optional<Option> second() {
        return best().flatMap(best -> weighing.options().stream()
                .skip(1)
                .filter(option -> !option.isLeave() && !option.name().equals(best.name()))
                .findFirst());
    }
}
