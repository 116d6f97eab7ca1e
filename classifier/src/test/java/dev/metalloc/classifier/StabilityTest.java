// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.junit.jupiter.api.Test;

/** A verdict that is sure does not hang on a few per cent of what was counted. */
class StabilityTest {

    private static final double SURE = 0.8;
    private static final double PERTURBATION = 0.05;
    private static final int ROUNDS = 40;

    private final Random random = new Random(7);

    @Test
    void shouldNotFlipSureVerdictsWhenCountsChangeByFivePerCent() {
        int checked = sureOnes(Objective.TIME, this::perturbed);
        assertTrue(checked > 15 * ROUNDS, "sure verdicts checked: " + checked);
    }

    @Test
    void shouldNotFlipSureVerdictsWhenTheSizeHistogramChangesByFivePerCent() {
        for (Objective objective : Objective.values()) {
            int checked = sureOnes(objective, this::withOtherSizes);
            assertTrue(checked > 15 * ROUNDS, "sure verdicts checked for " + objective + ": " + checked);
        }
    }

    /** Confidence is that a change is right: where memory counts, kinds that hold about the same may take turns. */
    private static String decided(Verdict verdict, Objective objective) {
        return objective == Objective.TIME || verdict.isLeave() ? verdict.allocator() : "some allocator";
    }

    /** Sees to it that none flips, and answers how many there are. */
    private int sureOnes(Objective objective, UnaryOperator<Profile> perturbation) {
        int checked = 0;
        for (Archetypes.Archetype archetype : Archetypes.all()) {
            Recommendation before = classify(archetype.profile(), objective);
            for (int round = 0; round < ROUNDS; round++) {
                Recommendation after = classify(perturbation.apply(archetype.profile()), objective);
                for (Verdict verdict : before.verdicts()) {
                    if (verdict.confidence() >= SURE) {
                        assertEquals(
                                decided(verdict, objective),
                                decided(of(verdict, after), objective),
                                () -> archetype.name() + " for " + objective + ": " + verdict + " became "
                                        + after.verdicts());
                        checked++;
                    }
                }
            }
        }
        return checked;
    }

    @Test
    void shouldGiveTheSameForTheSame() {
        for (Archetypes.Archetype archetype : Archetypes.all()) {
            assertEquals(classify(archetype.profile(), Objective.TIME), classify(archetype.profile(), Objective.TIME));
        }
    }

    private static Recommendation classify(Profile profile, Objective objective) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), objective).classify(profile);
    }

    /** The verdict on the same sizes. */
    private static Verdict of(Verdict verdict, Recommendation in) {
        return in.verdicts().stream()
                .filter(other -> other.entryPoint() == verdict.entryPoint()
                        && other.minByteSize() <= verdict.maxByteSize()
                        && other.maxByteSize() >= verdict.maxByteSize())
                .findFirst()
                .orElseThrow();
    }

    private Profile perturbed(Profile profile) {
        return with(profile, this::perturbed);
    }

    private Profile withOtherSizes(Profile profile) {
        return with(profile, this::withOtherSizes);
    }

    private static Profile with(Profile profile, UnaryOperator<EntryPointProfile> perturbation) {
        List<EntryPointProfile> entryPoints =
                profile.entryPoints().stream().map(perturbation).toList();
        return new Profile(
                profile.run(),
                entryPoints,
                profile.sites(),
                profile.threads(),
                profile.threadCounts(),
                profile.timeLine(),
                profile.peakLiveBytes(),
                profile.cost());
    }

    /** The counts of the sizes among each other; what the bands hold stays. */
    private EntryPointProfile withOtherSizes(EntryPointProfile entryPoint) {
        Histogram sizes = new Histogram(entryPoint.sizes());
        sizes.reset();
        for (HistogramIterationValue value : entryPoint.sizes().recordedValues()) {
            sizes.recordValueWithCount(value.getValueIteratedTo(), perturbed(value.getCountAddedInThisIterationStep()));
        }
        return new EntryPointProfile(
                        entryPoint.entryPoint(),
                        entryPoint.bands(),
                        sizes,
                        entryPoint.peakLiveBytes(),
                        entryPoint.unknownFreeCount(),
                        entryPoint.virtualThreadAllocateCount(),
                        entryPoint.arenas())
                .withNativeFrees(entryPoint.nativeFreeCount())
                .with(entryPoint.callers());
    }

    private EntryPointProfile perturbed(EntryPointProfile entryPoint) {
        return new EntryPointProfile(
                        entryPoint.entryPoint(),
                        entryPoint.bands().stream().map(this::perturbed).toList(),
                        entryPoint.sizes(),
                        entryPoint.peakLiveBytes(),
                        perturbed(entryPoint.unknownFreeCount()),
                        entryPoint.virtualThreadAllocateCount(),
                        entryPoint.arenas())
                .withNativeFrees(entryPoint.nativeFreeCount())
                .with(entryPoint.callers());
    }

    private BandProfile perturbed(BandProfile band) {
        return new BandProfile(
                band.log2(),
                perturbed(band.allocateCount()),
                perturbed(band.allocateBytes()),
                perturbed(band.freeCount()),
                perturbed(band.freedBytes()),
                perturbed(band.remoteFreeCount()),
                perturbed(band.lifoFreeCount()),
                perturbed(band.fifoFreeCount()),
                perturbed(band.randomFreeCount()),
                perturbed(band.bulkFreeCount()),
                band.reallocateCount(),
                perturbed(band.growCount()),
                perturbed(band.zeroedCount()),
                perturbed(band.alignedCount()),
                band.minByteSize(),
                band.maxByteSize(),
                band.maxByteAlignment(),
                perturbed(band.peakLiveBytes()),
                band.lifetimeNanos(),
                band.lifetimeBytes());
    }

    private long perturbed(long count) {
        return Math.round(count * (1 + PERTURBATION * (2 * random.nextDouble() - 1)));
    }
}
