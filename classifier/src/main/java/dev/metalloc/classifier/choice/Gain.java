// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.profiler.api.EntryPoint;

/** What the best option for a group gains, and whether that is worth a change. Immutable. */
final class Gain {

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
    private final Objective objective;
    private final HeldMemory heldMemory;

    Gain(
            ApplicationFeatures application,
            EntryPointFeatures entryPoint,
            OptionWeigher weigher,
            Objective objective,
            HeldMemory heldMemory) {
        this.application = application;
        this.entryPoint = entryPoint;
        this.weigher = weigher;
        this.objective = objective;
        this.heldMemory = heldMemory;
    }

    HeldMemory heldMemory() {
        return heldMemory;
    }

    /** What a group takes at the peak where it is left: what was seen, else what is expected. */
    long peakBytesBefore(BandGroup group) {
        return heldMemory.heldBytes(group).orElseGet(() -> weigher.jdkPeakBytes(group));
    }

    Objective objective() {
        return objective;
    }

    /** Whether a group may be changed, where the entry point as a whole may. */
    boolean isWorthwhile(Choice choice) {
        return objective == Objective.MEMORY
                ? savesMemory(choice)
                : choice.savedShare() >= MIN_GROUP_SAVED_SHARE && isClear(choice) && paysSetUp(choice);
    }

    /** Whether the best saves in such a run at least what it costs to make the allocator. */
    boolean paysSetUp(Choice choice) {
        return choice.best()
                .filter(best -> savedNanos(choice) >= weigher.setUpNanos(best.name()))
                .isPresent();
    }

    /** What the best saves in the whole of such a run. */
    double savedNanos(Choice choice) {
        return choice.savedShare() * application.durationSeconds() * 1e9;
    }

    private boolean savesMemory(Choice choice) {
        double before = (double) weigher.jdkPeakBytes(choice.group());
        return choice.best()
                .filter(best -> best.peakBytes() <= before * (1 - MIN_SAVED_PEAK_RATIO))
                .isPresent();
    }

    /** Whether the best is better by more than the figures may be off; what both pay is left out of that. */
    boolean isClear(Choice choice) {
        double closeNanos = weigher.servedCloseNanos(entryPoint) / entryPoint.blocksPerArena();
        return !isPooledByJdk(choice)
                && choice.best()
                        .filter(best ->
                                Math.log((choice.jdkNanos() - closeNanos) / Math.max(1, best.pairNanos() - closeNanos))
                                        > weigher.errorLog(entryPoint))
                        .isPresent();
    }

    boolean isPooledByJdk(Choice choice) {
        return entryPoint.entryPoint() == EntryPoint.ARENA_CONFINED
                && application.javaFeatureVersion() >= POOLING_JAVA_VERSION
                && choice.group().features().maxByteSize() <= POOLED_MAX_BYTES;
    }

    /** What the clear ones of some groups save together, as a share of the run's time. */
    double clearShare(Iterable<Choice> choices) {
        double total = 0;
        for (Choice choice : choices) {
            total += isClear(choice) ? Math.max(0, choice.savedShare()) : 0;
        }
        return total;
    }
}
