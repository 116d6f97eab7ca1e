// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.TestProfile.Order;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A verdict that leaves names what decided. */
class LeftReasonTest {

    private static String reason(List<AllocatorTraits> candidates, Objective objective, Profile profile) {
        Recommendation it = new Classifier(candidates, CostModel.shipped(), objective).classify(profile);
        assertEquals(1, it.verdicts().size(), it::toString);
        Verdict verdict = it.verdicts().get(0);
        assertTrue(verdict.isLeave(), verdict::toString);
        return verdict.reasons().get(0);
    }

    private static List<AllocatorTraits> only(String name) {
        return TestTraits.ALL.stream()
                .filter(traits -> traits.name().equals(name))
                .toList();
    }

    /** A buddy rounds 600 KiB up to 1 MiB. */
    @Test
    void shouldSayThatMemoryDecidedWhereAnAllocatorIsFaster() {
        Profile profile = new TestProfile(10)
                .at(EntryPoint.DIRECT_BUFFER)
                .blocks(600 << 10, 1_000_000, Order.RANDOM, 1000, 1_000)
                .build();

        String reason = reason(only("buddy"), Objective.TIME, profile);

        assertTrue(
                reason.contains(", but would hold ")
                        && reason.endsWith(" at the peak, more than the objective time allows"),
                reason);
        assertFalse(reason.contains("nothing better"), reason);
    }

    /** Two million blocks save less than a second. */
    @Test
    void shouldSayThatSettingItUpDecidedWhereTheRunSavesLess() {
        Profile profile = new TestProfile(1)
                .at(EntryPoint.UNSAFE)
                .blocks(64, 2_000_000, Order.LIFO, 1000, 10)
                .build();
        AllocatorTraits slab = only("slab").get(0);
        AllocatorTraits dear = new AllocatorTraits(
                slab.name(),
                slab.minByteSize(),
                slab.maxByteSize(),
                slab.maxByteAlignment(),
                slab.suits(),
                slab.mustNotGet(),
                1_000_000_000,
                slab.overheadBytesPerBlock(),
                slab.freesSingleBlocks(),
                slab.returnsMemory(),
                slab.threadModel());

        assertFalse(new Classifier(List.of(slab), CostModel.shipped(), Objective.TIME)
                .classify(profile)
                .verdicts()
                .get(0)
                .isLeave());
        String reason = reason(List.of(dear), Objective.TIME, profile);
        assertTrue(reason.endsWith(", which is less than the 1.0 s that it costs to set up slab"), reason);
    }

    @Test
    void shouldNameTheObjectiveThatDecided() {
        Profile profile = new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(100, 40_000_000, Order.LIFO, 1000, 1_000)
                .build();

        String reason = reason(only("buddy"), Objective.MEMORY, profile);

        assertTrue(reason.endsWith(", more than the objective memory allows"), reason);
    }

    @Test
    void shouldSpeakOfMemoryWhereThatIsTheObjective() {
        Profile profile = new TestProfile(10)
                .at(EntryPoint.UNSAFE)
                .blocks(1_008, 40_000_000, Order.LIFO, 1000, 100_000)
                .build();

        String reason = reason(only("segregated"), Objective.MEMORY, profile);

        assertTrue(reason.endsWith("does not save the 5.0 % that a change must"), reason);
        assertFalse(reason.contains("of the run"), reason);
    }
}
