// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.Objective;
import dev.metalloc.profiler.api.BandProfile;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class FinalistsTest {

    private static final MemoryAllowance ALLOWED = new MemoryAllowance(Objective.TIME, 1000);

    private final Composition slab = composition("slab", "", 10, 900);
    private final Composition keeping = composition("segregated", "8", 12, 950);
    private final Composition tight = composition("segregated", "128", 13, 800);
    private final Composition buddy = composition("buddy", "", 18, 990);
    private final List<Composition> all = List.of(buddy, tight, keeping, slab);
    private final Clock clock = new Clock();

    private static Composition composition(String allocator, String share, double nanos, double bytes) {
        List<BandProfile> bands = List.of(BandMaker.band(33, 64, 1000, 640));
        Map<String, String> parameters = share.isEmpty() ? Map.of() : Map.of("quickShare", share);
        return new Composition(List.of(new RangePart(allocator, parameters, bands, nanos, bytes, 64, 0)), nanos, bytes);
    }

    /** Measures what it was told to. */
    private static final class Clock implements WorkloadReplay {
        final Map<Composition, MeasuredNanos> nanos = new HashMap<>();
        final List<Composition> timed = new ArrayList<>();

        @Override
        public double peakBytes(Composition composition) {
            return composition.peakBytes();
        }

        @Override
        public List<MeasuredNanos> nanosPerEvent(List<Composition> compositions) {
            timed.addAll(compositions);
            return compositions.stream()
                    .map(each -> nanos.getOrDefault(each, new MeasuredNanos(each.nanosPerEvent(), 0.1)))
                    .toList();
        }
    }

    private Composition fastest(Composition expected) {
        return new Finalists(ALLOWED).fastest(expected, all, UnaryOperator.identity(), clock);
    }

    @Test
    void shouldKeepWhatTheModelPutsFirstIfTheClockAgrees() {
        assertEquals(slab, fastest(slab));
        assertEquals(List.of(slab, keeping, buddy), clock.timed);
    }

    @Test
    void shouldTakeAnotherKindThatIsClearlyFaster() {
        clock.nanos.put(keeping, new WorkloadReplay.MeasuredNanos(7, 0.3));

        assertEquals(keeping, fastest(slab));
    }

    @Test
    void shouldNotBeSwayedByNoise() {
        Random random = new Random(5);
        for (int round = 0; round < 200; round++) {
            for (Composition each : all) {
                double error = 2 * random.nextDouble();
                clock.nanos.put(
                        each,
                        new WorkloadReplay.MeasuredNanos(
                                10 + error * (random.nextDouble() - 0.5), Math.max(0.5, error)));
            }
            assertEquals(slab, fastest(slab));
        }
    }

    @Test
    void shouldTakeFewerPartsWhereTheyAreAsFastAndHoldNoMore() {
        Composition three = parts(3, 10, 900);
        Composition one = composition("segregated", "8", 10.1, 890);
        Composition larger = composition("segregated", "8", 10.1, 910);

        assertEquals(one, fastest(three, List.of(three, one)));
        assertEquals(three, fastest(three, List.of(three, larger)));
        clock.nanos.put(one, new WorkloadReplay.MeasuredNanos(10.5, 0.1));
        assertEquals(one, fastest(three, List.of(three, one)));
        clock.nanos.put(one, new WorkloadReplay.MeasuredNanos(11, 0.1));
        assertEquals(three, fastest(three, List.of(three, one)));
    }

    private static Composition parts(int count, double nanos, double bytes) {
        List<BandProfile> bands = List.of(BandMaker.band(33, 64, 1000, 640));
        RangePart part = new RangePart("slab", Map.of(), bands, nanos / count, bytes / count, 64, 0);
        return new Composition(Collections.nCopies(count, part), nanos, bytes);
    }

    private Composition fastest(Composition expected, List<Composition> others) {
        return new Finalists(ALLOWED).fastest(expected, others, UnaryOperator.identity(), clock);
    }

    @Test
    void shouldWeighMemoryBesideTimeWhereBothCount() {
        Composition larger = composition("buddy", "", 12, 990);
        clock.nanos.put(keeping, new WorkloadReplay.MeasuredNanos(7, 0.1));
        clock.nanos.put(larger, new WorkloadReplay.MeasuredNanos(6.9, 0.1));
        List<Composition> others = List.of(keeping, larger);

        assertEquals(larger, fastest(slab, others), "by time");
        assertEquals(
                keeping,
                new Finalists(new MemoryAllowance(Objective.BALANCED, 1000))
                        .fastest(slab, others, UnaryOperator.identity(), clock));
    }

    @Test
    void shouldNotTimeWhatHoldsTooMuch() {
        Composition large = composition("buddy", "", 11, 1100);
        Composition best =
                new Finalists(ALLOWED).fastest(slab, List.of(large, keeping), UnaryOperator.identity(), clock);

        assertEquals(slab, best);
        assertFalse(clock.timed.contains(large));
        assertTrue(clock.timed.contains(keeping));
    }

    @Test
    void shouldKeepTheModelsChoiceWhereNothingIsTimed() {
        WorkloadReplay blind = new WorkloadReplay() {
            @Override
            public double peakBytes(Composition composition) {
                return composition.peakBytes();
            }

            @Override
            public List<MeasuredNanos> nanosPerEvent(List<Composition> compositions) {
                return List.of();
            }
        };

        assertEquals(slab, new Finalists(ALLOWED).fastest(slab, all, UnaryOperator.identity(), blind));
    }
}
