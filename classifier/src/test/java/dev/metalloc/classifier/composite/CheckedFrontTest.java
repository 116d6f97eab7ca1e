// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.metalloc.classifier.Objective;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CheckedFrontTest {

    private final Composition fast = composition("slab", 10, 1050);
    private final Composition middle = composition("segregated", 15, 980);
    private final Composition small = composition("buddy", 40, 900);
    private final List<Composition> front = List.of(fast, middle, small);

    private static Composition composition(String allocator, double nanos, double bytes) {
        return new Composition(
                List.of(new RangePart(allocator, Map.of(), List.of(), nanos, bytes, 64, 0)), nanos, bytes);
    }

    @Test
    void shouldTakeTheFastestThatIsExpectedToHoldNoMoreThanIsAllowed() {
        assertSame(
                middle,
                new CheckedFront(front, Composition::peakBytes, false)
                        .best(new MemoryAllowance(Objective.BALANCED, 1020)));
    }

    @Test
    void shouldRefuseWhatHeldMoreWhenReplayed() {
        Composition best = new CheckedFront(front, each -> each.equals(middle) ? 1200 : each.peakBytes(), false)
                .best(new MemoryAllowance(Objective.BALANCED, 1000));

        assertEquals(small.parts(), best.parts());
    }

    @Test
    void shouldTakeWhatHeldLessWhenReplayed() {
        Composition best = new CheckedFront(front, each -> each.equals(fast) ? 940 : each.peakBytes(), false)
                .best(new MemoryAllowance(Objective.BALANCED, 1020));

        assertEquals(fast.parts(), best.parts());
        assertEquals(Math.pow(1050, 0.7) * Math.pow(940, 0.3), best.peakBytes(), 1e-6);
    }

    @Test
    void shouldTakeTheSmallestOfAllForMemory() {
        Composition best = new CheckedFront(front, each -> each.equals(middle) ? 700 : 1000, false)
                .best(new MemoryAllowance(Objective.MEMORY, 0));

        assertEquals(
                small.parts(),
                new CheckedFront(front, Composition::peakBytes, false)
                        .best(new MemoryAllowance(Objective.MEMORY, 0))
                        .parts());
        assertEquals(middle.parts(), best.parts());
    }

    @Test
    void shouldBelieveTheReplayMoreWhereOneThreadAllocates() {
        Composition best = new CheckedFront(front, each -> each.equals(fast) ? 940 : each.peakBytes(), true)
                .best(new MemoryAllowance(Objective.BALANCED, 1020));

        assertEquals(Math.pow(1050, 0.4) * Math.pow(940, 0.6), best.peakBytes(), 1e-6);
    }

    @Test
    void shouldTakeWhatHoldsAHairMoreWhereItSavesMostOfTheTime() {
        Composition best = new CheckedFront(List.of(middle, small), Composition::peakBytes, false)
                .best(new MemoryAllowance(Objective.BALANCED, 970));

        assertSame(middle, best, "1 % more saves two thirds");
        assertSame(
                small,
                new CheckedFront(List.of(middle, small), Composition::peakBytes, false)
                        .best(new MemoryAllowance(Objective.BALANCED, 940)),
                "4 % more does not");
    }

    @Test
    void shouldBalanceWhatIsSlowerByAHairAgainstWhatItHoldsLess() {
        Composition smaller = composition("bump", 15.3, 930);
        List<Composition> alike = List.of(middle, smaller, small);

        assertSame(
                smaller,
                new CheckedFront(alike, Composition::peakBytes, false)
                        .best(new MemoryAllowance(Objective.BALANCED, 1020)));
        assertSame(
                middle,
                new CheckedFront(alike, Composition::peakBytes, false).best(new MemoryAllowance(Objective.TIME, 1020)));
    }

    @Test
    void shouldFallBackOnTheSmallestWhereNothingIsAllowed() {
        assertSame(
                small,
                new CheckedFront(front, Composition::peakBytes, false)
                        .best(new MemoryAllowance(Objective.BALANCED, 100)));
    }

    @Test
    void shouldTakeWhatIsFasterAndHoldsLessWhenReplayedThoughTheModelDoubtsIt() {
        Composition doubted = composition("bump", 12, 1040);
        Composition slower = composition("bump", 16, 950);
        Composition larger = composition("bump", 11, 1200);
        CheckedFront checked = new CheckedFront(front, each -> each.equals(doubted) ? 960 : each.peakBytes(), false);

        assertEquals(
                doubted.parts(),
                checked.faster(middle, List.of(slower, doubted, larger), new MemoryAllowance(Objective.BALANCED, 1020))
                        .parts());
        assertSame(
                middle, checked.faster(middle, List.of(slower, larger), new MemoryAllowance(Objective.BALANCED, 1020)));
    }

    @Test
    void shouldNeverTakeWhatCannotServeTheWorkload() {
        for (Objective objective : Objective.values()) {
            Composition best = new CheckedFront(
                            front, each -> each.equals(fast) ? 1000 : Double.POSITIVE_INFINITY, false)
                    .best(new MemoryAllowance(objective, 100));
            assertEquals(fast.parts(), best.parts(), objective.label());
            assertEquals(
                    Double.POSITIVE_INFINITY,
                    new CheckedFront(front, each -> Double.POSITIVE_INFINITY, true)
                            .best(new MemoryAllowance(objective, 1020))
                            .peakBytes());
        }
    }
}
