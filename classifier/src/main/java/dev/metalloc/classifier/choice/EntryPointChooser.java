// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.EntryPointFront;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.composite.CompositeChooser;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chooses for the blocks of one entry point. Used once, by one thread. */
final class EntryPointChooser {

    private final ApplicationFeatures application;
    private final EntryPointFeatures entryPoint;
    private final OptionWeigher weigher;
    private final BlockComposer composer;
    private final VerdictWriter writer;
    private final Gain gain;
    private final List<EntryPointFront> fronts = new ArrayList<>();

    EntryPointChooser(
            ApplicationFeatures application,
            EntryPointFeatures entryPoint,
            OptionWeigher weigher,
            BlockComposer composer,
            VerdictWriter writer,
            Gain gain) {
        this.application = application;
        this.entryPoint = entryPoint;
        this.weigher = weigher;
        this.composer = composer;
        this.writer = writer;
        this.gain = gain;
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

    private Choice choice(BandGroup group, Weighing weighing) {
        return Choice.of(group, weighing, weigher.jdkNanos(entryPoint, group));
    }

    private List<Choice> decided(List<Choice> weighed) {
        boolean isByTime = gain.clearShare(weighed) >= Gain.MIN_SAVED_SHARE || gain.objective() == Objective.MEMORY;
        List<Choice> decided = isByTime ? weighed.stream().map(this::decided).toList() : weighed;
        return gain.heldMemory().decided(decided, this::isOpenForMemory);
    }

    /** What saves time is kept; with memory as the objective, what is not clearly slower goes before what is. */
    private boolean isOpenForMemory(Choice choice) {
        return (choice.taken().isEmpty() || gain.objective() == Objective.MEMORY)
                && !gain.isPooledByJdk(choice)
                && writer.poolChunks(choice.group()).isEmpty();
    }

    private Choice decided(Choice choice) {
        return new Choice(
                choice.group(),
                choice.weighing(),
                choice.jdkNanos(),
                choice.savedShare(),
                gain.isWorthwhile(choice) && writer.poolChunks(choice.group()).isEmpty()
                        ? choice.best().filter(best -> !best.isLeave())
                        : Optional.empty(),
                false);
    }

    /** Joins neighbours that are left, so that one verdict says it. */
    private List<Choice> merged(List<Choice> choices) {
        List<Choice> merged = new ArrayList<>();
        for (Choice next : choices) {
            int last = merged.size() - 1;
            if (last >= 0 && areLeftAlike(merged.get(last), next)) {
                BandGroup both = merged.get(last).group().with(next.group(), entryPoint, application.durationSeconds());
                merged.set(last, choice(both, joined(merged.get(last), next)));
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
                && a.best().map(Option::name).equals(b.best().map(Option::name))
                && joined(a, b).isNothingElse() == a.weighing().isNothingElse()
                && joined(a, b).isNothingElse() == b.weighing().isNothingElse();
    }

    private static Weighing joined(Choice a, Choice b) {
        return a.weighing().with(b.weighing(), (double) a.group().features().allocateCount(), (double)
                b.group().features().allocateCount());
    }
}
