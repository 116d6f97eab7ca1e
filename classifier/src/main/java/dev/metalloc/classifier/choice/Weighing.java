// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The candidates that fit a group, the best first, and why the others do not. */
record Weighing(List<Option> options, List<String> rejections) {

    Weighing {
        options = List.copyOf(options);
        rejections = List.copyOf(rejections);
    }

    /** Whether there is nothing but leaving it. */
    boolean isNothingElse() {
        return options.stream().allMatch(Option::isLeave);
    }

    /** The same with one of the options as the best. */
    Weighing with(Option best) {
        List<Option> all = new ArrayList<>(options);
        all.remove(best);
        all.add(0, best);
        return new Weighing(all, rejections);
    }

    /**
     * Of both groups together: what fits both, by what it takes in each. The order is this one's.
     *
     * @param count blocks of this one
     * @param nextCount blocks of the next
     */
    Weighing with(Weighing next, double count, double nextCount) {
        List<Option> both = new ArrayList<>();
        Set<String> names = new LinkedHashSet<>();
        for (Option option : options) {
            next.options.stream()
                    .filter(other -> other.name().equals(option.name()))
                    .findFirst()
                    .filter(other -> names.add(other.name()))
                    .ifPresent(other -> both.add(option.with(other, count, nextCount)));
        }
        Set<String> reasons = new LinkedHashSet<>(rejections);
        reasons.addAll(next.rejections);
        return new Weighing(both, List.copyOf(reasons));
    }
}
