// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chooses for the groups of one entry point. Used once, by one thread. */
final class EntryPointChooser {

    /**
     * What an entry point must save of the run's time for anything to change. Runs of one program differ by more than that, and
     * starting the allocators costs a tenth of a second or two: less would not be seen, or lost again in a short run.
     */
    static final double MIN_SAVED_SHARE = 0.02;
    /** What each group must add to that: every rule more is set-up and memory. */
    static final double MIN_GROUP_SAVED_SHARE = 0.0005;
    /** From this release on the JDK keeps confined blocks of up to this size in a pool of its own. */
    static final int POOLING_JAVA_VERSION = 26;

    static final long POOLED_MAX_BYTES = 64;

    private final ApplicationFeatures application;
    private final EntryPointFeatures entryPoint;
    private final OptionWeigher weigher;
    private final VerdictWriter writer;

    EntryPointChooser(
            ApplicationFeatures application,
            EntryPointFeatures entryPoint,
            OptionWeigher weigher,
            VerdictWriter writer) {
        this.application = application;
        this.entryPoint = entryPoint;
        this.weigher = weigher;
        this.writer = writer;
    }

    List<Verdict> choose() {
        List<BandGroup> groups = BandGroup.of(entryPoint, application.durationSeconds());
        if (groups.isEmpty()) {
            return List.of();
        }
        Optional<LeaveRules.Leave> leave = LeaveRules.of(application, entryPoint);
        if (leave.isPresent()) {
            return List.of(writer.leaveAll(groups, leave.get()));
        }
        List<Choice> choices = merged(decided(groups.stream().map(this::weighed).toList()));
        return writer.verdicts(choices);
    }

    private Choice weighed(BandGroup group) {
        OptionWeigher.Weighing weighing = weigher.weigh(application, entryPoint, group);
        double jdkNanos = weigher.jdkNanos(entryPoint, group);
        double savedShare = weighing.options().isEmpty()
                ? 0
                : group.features().allocatesPerSecond()
                        * (jdkNanos - weighing.options().get(0).pairNanos())
                        / 1e9;
        return new Choice(group, weighing, jdkNanos, savedShare, Optional.empty());
    }

    private List<Choice> decided(List<Choice> weighed) {
        double total = weighed.stream()
                .filter(choice -> !isPooledByJdk(choice))
                .mapToDouble(choice -> Math.max(0, choice.savedShare()))
                .sum();
        if (total < MIN_SAVED_SHARE) {
            return weighed;
        }
        return weighed.stream().map(this::decided).toList();
    }

    private Choice decided(Choice choice) {
        boolean worthwhile = choice.savedShare() >= MIN_GROUP_SAVED_SHARE && !isPooledByJdk(choice);
        return new Choice(
                choice.group(),
                choice.weighing(),
                choice.jdkNanos(),
                choice.savedShare(),
                worthwhile ? choice.best() : Optional.empty());
    }

    private boolean isPooledByJdk(Choice choice) {
        return entryPoint.entryPoint() == EntryPoint.ARENA_CONFINED
                && application.javaFeatureVersion() >= POOLING_JAVA_VERSION
                && choice.group().features().maxByteSize() <= POOLED_MAX_BYTES;
    }

    /** Joins neighbours that got the same answer, and weighs them anew together: their parameters become common ones. */
    private List<Choice> merged(List<Choice> choices) {
        List<Choice> merged = new ArrayList<>();
        for (Choice next : choices) {
            int last = merged.size() - 1;
            Optional<Choice> joined =
                    last >= 0 && merged.get(last).sameAs(next) ? joined(merged.get(last), next) : Optional.empty();
            if (joined.isPresent()) {
                merged.set(last, joined.get());
            } else {
                merged.add(next);
            }
        }
        return merged;
    }

    private Optional<Choice> joined(Choice first, Choice second) {
        BandGroup group = first.group().with(second.group(), entryPoint, application.durationSeconds());
        Choice weighed = weighed(group);
        Choice joined = first.taken().isPresent() ? decided(weighed) : weighed;
        return joined.sameAs(first) ? Optional.of(joined) : Optional.empty();
    }
}
