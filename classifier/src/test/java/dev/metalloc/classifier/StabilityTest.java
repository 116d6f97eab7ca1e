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
import org.junit.jupiter.api.Test;

/** A verdict that is sure does not hang on a few per cent of what was counted. */
class StabilityTest {

    private static final double SURE = 0.8;
    private static final double PERTURBATION = 0.05;
    private static final int ROUNDS = 40;

    private final Random random = new Random(7);

    @Test
    void shouldNotFlipSureVerdictsWhenCountsChangeByFivePerCent() {
        int checked = 0;
        for (Archetypes.Archetype archetype : Archetypes.all()) {
            Recommendation before = classify(archetype.profile());
            for (int round = 0; round < ROUNDS; round++) {
                Recommendation after = classify(perturbed(archetype.profile()));
                for (Verdict verdict : before.verdicts()) {
                    if (verdict.confidence() >= SURE) {
                        assertEquals(
                                verdict.allocator(),
                                of(verdict, after).allocator(),
                                () -> archetype.name() + ": " + verdict + " became " + after.verdicts());
                        checked++;
                    }
                }
            }
        }
        assertTrue(checked > 15 * ROUNDS, "sure verdicts checked: " + checked);
    }

    @Test
    void shouldGiveTheSameForTheSame() {
        for (Archetypes.Archetype archetype : Archetypes.all()) {
            assertEquals(classify(archetype.profile()), classify(archetype.profile()));
        }
    }

    private static Recommendation classify(Profile profile) {
        return new Classifier(TestTraits.ALL, CostModel.shipped(), Objective.TIME).classify(profile);
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
        List<EntryPointProfile> entryPoints =
                profile.entryPoints().stream().map(this::perturbed).toList();
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

    private EntryPointProfile perturbed(EntryPointProfile entryPoint) {
        return new EntryPointProfile(
                        entryPoint.entryPoint(),
                        entryPoint.bands().stream().map(this::perturbed).toList(),
                        entryPoint.sizes(),
                        entryPoint.peakLiveBytes(),
                        perturbed(entryPoint.unknownFreeCount()),
                        entryPoint.virtualThreadAllocateCount(),
                        entryPoint.arenas())
                .withNativeFrees(entryPoint.nativeFreeCount());
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
