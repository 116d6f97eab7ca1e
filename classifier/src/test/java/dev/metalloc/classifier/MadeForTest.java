// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.allocators.api.Flag;
import dev.metalloc.classifier.cost.CostModel;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What traits name as suiting an allocator is a reason for it, or the want of one a doubt. */
class MadeForTest {

    private static Verdict verdict(List<AllocatorTraits> candidates) {
        Recommendation it =
                new Classifier(candidates, CostModel.shipped(), Objective.TIME).classify(Archetypes.offHeapCache());
        return it.verdicts().stream()
                .filter(verdict -> verdict.allocator().equals("slab"))
                .findFirst()
                .orElseThrow();
    }

    private static AllocatorTraits suiting(AllocatorTraits traits, Set<Flag> suits) {
        return new AllocatorTraits(
                traits.name(),
                traits.minByteSize(),
                traits.maxByteSize(),
                traits.maxByteAlignment(),
                suits,
                traits.mustNotGet(),
                traits.setUpNanos(),
                traits.overheadBytesPerBlock(),
                traits.freesSingleBlocks(),
                traits.returnsMemory(),
                traits.threadModel());
    }

    @Test
    void shouldNameWhatTheBlocksDo() {
        AllocatorTraits slab = TestTraits.ALL.stream()
                .filter(traits -> traits.name().equals("slab"))
                .findFirst()
                .orElseThrow();
        Verdict made = verdict(List.of(suiting(slab, Set.of(Flag.RANDOM_FREE, Flag.HUGE, Flag.LIFO_FREE))));
        Verdict forNothing = verdict(List.of(suiting(slab, Set.of(Flag.HUGE))));

        assertTrue(made.reasons().contains("made for what is seen here: RANDOM_FREE"), made::toString);
        assertTrue(
                forNothing.reasons().contains("made for nothing of what is seen here: chosen by its costs alone"),
                forNothing::toString);
        assertEquals(0.9 * made.confidence(), forNothing.confidence(), 0.01);
    }
}
