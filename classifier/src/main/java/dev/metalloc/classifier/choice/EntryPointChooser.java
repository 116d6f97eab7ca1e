// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.EntryPointFront;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.composite.CompositeChooser;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.profiler.api.EntryPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chooses for the blocks of one entry point. Used once, by one thread. */
final class EntryPointChooser {

    /**
     * What an entry point must save of the run's time for anything to change. Runs of one program differ by more than that, and
     * starting the allocators costs a tenth of a second or two: less would not be seen, or lost again in a short run.
     */
    static final double MIN_SAVED_SHARE = 0.02;
    /** What each group must add to that: every rule more is set-up and memory. */
    static final double MIN_GROUP_SAVED_SHARE = 0.0005;
    /** What must be saved of the JDK's peak where memory is the objective: allocators' own peaks are known no better. */
    static final double MIN_SAVED_PEAK_RATIO = 0.05;
    /** From this release on the JDK keeps confined blocks of up to this size in a pool of its own. */
    static final int POOLING_JAVA_VERSION = 26;

    static final long POOLED_MAX_BYTES = 64;

    private final ApplicationFeatures application;
    private final EntryPointFeatures entryPoint;
    private final OptionWeigher weigher;
    private final BlockComposer composer;
    private final VerdictWriter writer;
    private final Objective objective;
    private final List<EntryPointFront> fronts = new ArrayList<>();

    EntryPointChooser(
            ApplicationFeatures application,
            EntryPointFeatures entryPoint,
            OptionWeigher weigher,
            BlockComposer composer,
            VerdictWriter writer,
            Objective objective) {
        this.application = application;
        this.entryPoint = entryPoint;
        this.weigher = weigher;
        this.composer = composer;
        this.writer = writer;
        this.objective = objective;
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
        List<Choice> choices = new ArrayList<>();
        for (BandGroup group : groups) {
            if (group.zone().service() == Zone.Service.BLOCKS) {
                choices.addAll(composed(group));
            } else {
                choices.add(choice(group, weigher.frames(application, entryPoint, group)));
            }
        }
        return writer.verdicts(merged(decided(choices)));
    }

    /** What no other composition beats, where something was composed. */
    List<EntryPointFront> fronts() {
        return fronts;
    }

    private List<Choice> composed(BandGroup group) {
        CompositeChooser.Choice composition = composer.compose(application, entryPoint, group);
        fronts.add(new EntryPointFront(entryPoint.entryPoint(), composition.chosen(), composition.paretoFront()));
        return composer.weighed(application, entryPoint, group, composition).stream()
                .map(weighed -> choice(weighed.group(), weighed.weighing()))
                .toList();
    }

    private Choice choice(BandGroup group, OptionWeigher.Weighing weighing) {
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
                .filter(this::isClear)
                .mapToDouble(choice -> Math.max(0, choice.savedShare()))
                .sum();
        if (total < MIN_SAVED_SHARE && objective != Objective.MEMORY) {
            return weighed;
        }
        return weighed.stream().map(this::decided).toList();
    }

    private Choice decided(Choice choice) {
        boolean worthwhile = objective == Objective.MEMORY
                ? savesMemory(choice)
                : choice.savedShare() >= MIN_GROUP_SAVED_SHARE && isClear(choice);
        return new Choice(
                choice.group(),
                choice.weighing(),
                choice.jdkNanos(),
                choice.savedShare(),
                worthwhile && writer.poolChunks(choice.group()).isEmpty()
                        ? choice.best().filter(best -> !best.isLeave())
                        : Optional.empty());
    }

    private boolean savesMemory(Choice choice) {
        double before = (double) weigher.jdkPeakBytes(choice.group());
        return choice.best()
                .filter(best -> best.peakBytes() <= before * (1 - MIN_SAVED_PEAK_RATIO))
                .isPresent();
    }

    /** Whether the best is better by more than the figures may be off; what both pay is left out of that. */
    private boolean isClear(Choice choice) {
        double closeNanos = weigher.servedCloseNanos(entryPoint) / entryPoint.blocksPerArena();
        return !isPooledByJdk(choice)
                && choice.best()
                        .filter(best ->
                                Math.log((choice.jdkNanos() - closeNanos) / Math.max(1, best.pairNanos() - closeNanos))
                                        > weigher.errorLog())
                        .isPresent();
    }

    private boolean isPooledByJdk(Choice choice) {
        return entryPoint.entryPoint() == EntryPoint.ARENA_CONFINED
                && application.javaFeatureVersion() >= POOLING_JAVA_VERSION
                && choice.group().features().maxByteSize() <= POOLED_MAX_BYTES;
    }

    /** Joins neighbours that are left, so that one verdict says it. */
    private List<Choice> merged(List<Choice> choices) {
        List<Choice> merged = new ArrayList<>();
        for (Choice next : choices) {
            int last = merged.size() - 1;
            if (last >= 0 && areLeftAlike(merged.get(last), next)) {
                BandGroup both = merged.get(last).group().with(next.group(), entryPoint, application.durationSeconds());
                merged.set(last, choice(both, merged.get(last).weighing()));
            } else {
                merged.add(next);
            }
        }
        return merged;
    }

    private static boolean areLeftAlike(Choice a, Choice b) {
        return a.taken().isEmpty()
                && b.taken().isEmpty()
                && a.group().zone().equals(b.group().zone())
                && a.best().map(Option::name).equals(b.best().map(Option::name));
    }
}
