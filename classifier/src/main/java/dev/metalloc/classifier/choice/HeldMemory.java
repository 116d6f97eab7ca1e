// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.flags.HeapExcess;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.Profile;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;

/**
 * Chooses by what the C library's heaps were seen to hold, where time gives no reason to. Immutable.
 *
 * <p>With any objective: what is chosen so is no slower than the JDK's path, or by no more than the costs may be off, so that whoever
 * asks for time loses none.
 *
 * <p>What they held falls to the bands by what each had live at its peak. That is a guess for each of them, so only what has most of
 * it is changed.
 */
final class HeldMemory {

    // As much again as may be the JVM's own: what falls to an entry point is known no better.
    private static final long MIN_SAVED_BYTES = HeapExcess.jvmBytes();
    // What has less of the live bytes has less of the gaps than the guess may be off.
    private static final double MIN_SHARE = 0.1;

    // Calibrations of one machine, some minutes apart, put a cache's slab 5 to 40 ns a pair of 70 below the JDK's path.
    private static final double MAX_SLOWER = 1.2;
    private static final double MAX_LOST_SHARE = 0.005;

    private final HeapExcess excess;
    private final long liveBytes;
    private final Objective objective;

    HeldMemory(Profile profile, Objective objective) {
        this.excess = HeapExcess.of(profile.heaps());
        this.liveBytes = profile.entryPoints().stream()
                .filter(entryPoint -> !entryPoint.entryPoint().isApart())
                .map(EntryPointProfile::bands)
                .mapToLong(HeldMemory::liveBytes)
                .sum();
        this.objective = objective;
    }

    /** Whether memory alone may be a reason. */
    boolean mayChoose() {
        return excess.isNotable();
    }

    /**
     * An entry point's choices with what holds least, or is what the objective asks for, among all that is not clearly slower; unchanged
     * where that saves little.
     *
     * @param isOpen whether a group may be changed for memory alone
     */
    List<Choice> decided(List<Choice> choices, Predicate<Choice> isOpen) {
        if (!mayChoose()) {
            return choices;
        }
        List<Choice> changed = choices.stream()
                .map(choice -> isOpen.test(choice) ? decided(choice) : choice)
                .toList();
        long savedBytes = changed.stream()
                .filter(Choice::isForMemory)
                .mapToLong(choice -> shareBytes(choice.group())
                        - choice.taken().orElseThrow().peakBytes())
                .sum();
        return savedBytes >= MIN_SAVED_BYTES ? changed : choices;
    }

    private Choice decided(Choice choice) {
        return isAccountable(choice.group())
                ? candidate(choice).map(choice::forMemory).orElse(choice)
                : choice;
    }

    /** What the heaps held for a group's blocks, or nothing where they need not be to blame. */
    OptionalLong heldBytes(BandGroup group) {
        return excess.isNotable() && isAccountable(group) ? OptionalLong.of(shareBytes(group)) : OptionalLong.empty();
    }

    /** {@code the C library's heaps held 522 MiB when …: 458 MiB for these blocks, where up to 64 MiB may be the JVM's own}. */
    String sentence(BandGroup group) {
        return excess.sentence() + ": " + Figures.bytes(shareBytes(group)) + " for these blocks, where up to "
                + Figures.bytes(HeapExcess.jvmBytes()) + " may be the JVM's own";
    }

    private Optional<Option> candidate(Choice choice) {
        double most = (1 - Gain.MIN_SAVED_PEAK_RATIO) * shareBytes(choice.group());
        List<Option> fitting = choice.weighing().options().stream()
                .filter(option -> !option.isLeave() && !isClearlySlower(choice, option) && option.peakBytes() <= most)
                .toList();
        // The first is what the composition is of, which knows the objective.
        return objective == Objective.MEMORY
                ? fitting.stream().min(Comparator.comparingLong(Option::peakBytes))
                : fitting.stream().findFirst();
    }

    private static boolean isClearlySlower(Choice choice, Option option) {
        return option.pairNanos() > MAX_SLOWER * choice.jdkNanos() || choice.lostShare(option) > MAX_LOST_SHARE;
    }

    /** Gaps come of what is freed and allocated again: nobody holds more than was ever allocated. */
    private boolean isAccountable(BandGroup group) {
        return group.features().allocateCount() >= LeaveRules.MIN_ALLOCATE_COUNT
                && group.features().allocateBytes() >= shareBytes(group)
                && shareBytes(group) >= MIN_SHARE * excess.heldForBlocksBytes();
    }

    private long shareBytes(BandGroup group) {
        double share = (double) liveBytes(group.bands()) / Math.max(1, liveBytes);
        return (long) (excess.heldForBlocksBytes() * share);
    }

    /** Of what may lie in the heaps. */
    private static long liveBytes(List<BandProfile> bands) {
        return bands.stream()
                .filter(band -> band.maxByteSize() <= HeapUse.MAX_BLOCK_BYTES)
                .mapToLong(BandProfile::peakLiveBytes)
                .sum();
    }
}
