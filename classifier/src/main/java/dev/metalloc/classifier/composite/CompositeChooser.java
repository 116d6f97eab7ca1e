// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.cost.BlockCosts;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.profiler.api.BandProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Composes one allocator for blocks of all sizes, from their profile alone.
 *
 * <p>Every way of cutting the bands into at most four ranges is weighed with every part that could serve each, and, where that is
 * possible, with leaving it. Immutable; any thread; the same input, candidates and costs always get the same composition.
 */
public final class CompositeChooser {

    private static final int MAX_PARTS = 4;
    private static final int PARTS_OF_FINALISTS = 2;

    private final List<AllocatorTraits> candidates;
    private final BlockCosts costs;

    public CompositeChooser(List<AllocatorTraits> candidates, CostModel costs) {
        this.candidates = candidates.stream()
                .sorted(Comparator.comparing(AllocatorTraits::name))
                .toList();
        this.costs = new BlockCosts(costs);
    }

    /**
     * What was chosen.
     *
     * @param paretoFront what no other composition is expected to beat in both time and memory, the fastest first; the chosen one is
     *     among them, its peak corrected by what was replayed
     * @param alternatives for each part of the chosen one what else could serve its range, the fastest first
     * @param allowedBytes what the objective lets it hold at the peak
     */
    public record Choice(
            Composition chosen,
            List<Composition> paretoFront,
            List<List<RangePart>> alternatives,
            double allowedBytes) {

        public Choice {
            paretoFront = List.copyOf(paretoFront);
            alternatives = List.copyOf(alternatives);
        }
    }

    /** Composes by an objective, by what is expected alone. */
    public Choice choose(CompositeInput input, Objective objective) {
        return choose(input, objective, Expectations.INSTANCE);
    }

    /**
     * Composes by an objective, and checks by replay.
     *
     * @throws IllegalArgumentException where nothing serves the blocks
     */
    public Choice choose(CompositeInput input, Objective objective, WorkloadReplay replay) {
        RangeParts parts = new RangeParts(input, costs, candidates);
        Search search = new Search(input, parts);
        List<Composition> front = search.front();
        if (front.isEmpty()) {
            throw unserved(input);
        }
        double reference = input.path().canLeave() ? input.mallocBytes(input.bands()) : input.generalPurposeBytes();
        MemoryAllowance allowance = new MemoryAllowance(objective, objective.allowedBytes(reference));
        CheckedFront checked = new CheckedFront(front, replay::peakBytes, input.isConfined());
        Composition chosen = checked.best(allowance);
        if (objective != Objective.MEMORY && replay != Expectations.INSTANCE) {
            List<Composition> simple = search.all(PARTS_OF_FINALISTS);
            chosen = checked.faster(chosen, simple, allowance);
            List<Composition> others = new ArrayList<>(front);
            others.addAll(simple);
            chosen = new Finalists(allowance).fastest(chosen, others, checked::checked, replay);
        }
        if (Double.isInfinite(chosen.peakBytes())) {
            throw unserved(input);
        }
        return new Choice(chosen, front, alternatives(chosen, parts), allowance.byteSize());
    }

    private static IllegalArgumentException unserved(CompositeInput input) {
        long byteAlignment = input.bands().stream()
                .mapToLong(BandProfile::maxByteAlignment)
                .max()
                .orElse(1);
        BandProfile largest = input.bands().get(input.bands().size() - 1);
        return new IllegalArgumentException("no allocator serves blocks of up to "
                + Figures.bytes(largest.maxByteSize()) + " aligned to up to " + Figures.bytes(byteAlignment));
    }

    /** No replay at all. */
    private enum Expectations implements WorkloadReplay {
        INSTANCE;

        @Override
        public double peakBytes(Composition composition) {
            return composition.peakBytes();
        }

        @Override
        public List<MeasuredNanos> nanosPerEvent(List<Composition> compositions) {
            return List.of();
        }
    }

    /** Everything of at most so many parts that could be composed, good or bad. */
    public List<Composition> candidates(CompositeInput input, int mostParts) {
        return new Search(input, new RangeParts(input, costs, candidates)).all(mostParts);
    }

    private static List<List<RangePart>> alternatives(Composition chosen, RangeParts parts) {
        List<List<RangePart>> alternatives = new ArrayList<>();
        for (RangePart part : chosen.parts()) {
            alternatives.add(parts.options(part.bands()).stream()
                    .filter(option -> !option.equals(part))
                    .sorted(Comparator.comparingDouble(RangePart::nanos))
                    .toList());
        }
        return alternatives;
    }

    /** All compositions of one input that are not beaten. Used once, by one thread. */
    private static final class Search {
        private final CompositeInput input;
        private final RangeParts parts;
        private final double routeNanos;
        private final Map<Integer, List<RangePart>> options = new HashMap<>();

        Search(CompositeInput input, RangeParts parts) {
            this.input = input;
            this.parts = parts;
            this.routeNanos = parts.routeNanosPerEvent() * input.eventCount();
        }

        List<Composition> front() {
            FrontSet[] fronts = new FrontSet[input.bands().size() + 1];
            fronts[0] = FrontSet.start();
            for (int end = 1; end < fronts.length; end++) {
                fronts[end] = new FrontSet();
                for (int first = 0; first < end; first++) {
                    extend(fronts[first], fronts[end], options(first, end));
                }
            }
            return compositions(fronts[fronts.length - 1].sorted());
        }

        List<Composition> all(int mostParts) {
            List<FrontSet.Partial> whole = new ArrayList<>();
            addAll(FrontSet.Partial.NONE, 0, mostParts, whole);
            return compositions(whole);
        }

        private List<RangePart> options(int first, int end) {
            return options.computeIfAbsent(
                    first * (input.bands().size() + 1) + end,
                    key -> parts.options(input.bands().subList(first, end)));
        }

        private void addAll(FrontSet.Partial begun, int first, int partsLeft, List<FrontSet.Partial> whole) {
            int bands = input.bands().size();
            if (first == bands) {
                whole.add(begun);
                return;
            }
            for (int end = partsLeft == 1 ? bands : first + 1; partsLeft > 0 && end <= bands; end++) {
                for (RangePart option : options(first, end)) {
                    addAll(begun.with(option, begun.parts().isEmpty() ? 0 : routeNanos), end, partsLeft - 1, whole);
                }
            }
        }

        private List<Composition> compositions(List<FrontSet.Partial> partials) {
            List<Composition> found = new ArrayList<>();
            for (FrontSet.Partial each : partials) {
                found.add(new Composition(each.parts(), each.nanos() / Math.max(1, input.eventCount()), each.bytes()));
            }
            return List.copyOf(found);
        }

        private void extend(FrontSet from, FrontSet to, List<RangePart> options) {
            for (FrontSet.Partial partial : from.all()) {
                if (partial.parts().size() < MAX_PARTS) {
                    double route = partial.parts().isEmpty() ? 0 : routeNanos;
                    for (RangePart option : options) {
                        to.add(partial.with(option, route));
                    }
                }
            }
        }
    }
}
