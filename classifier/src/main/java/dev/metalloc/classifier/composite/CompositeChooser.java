// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.allocators.api.AllocatorTraits;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.cost.BlockCosts;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Composes one allocator for all blocks of an entry point, from the profile alone.
 *
 * <p>Every way of cutting the bands into at most four ranges is weighed with every part that could serve each. Immutable; any
 * thread; the same profile, candidates and costs always get the same composition.
 */
public final class CompositeChooser {

    private static final int MAX_PARTS = 4;
    // A comparison and a call on the way in, a range check on the way out.
    private static final double ROUTE_NANOS_PER_EVENT = 1;

    private final List<AllocatorTraits> candidates;
    private final BlockCosts costs;

    public CompositeChooser(List<AllocatorTraits> candidates, CostModel costs) {
        this.candidates = candidates.stream()
                .sorted(Comparator.comparing(AllocatorTraits::name))
                .toList();
        this.costs = new BlockCosts(costs);
    }

    /** What was chosen, and what no other composition beats in both time and memory, the fastest first. */
    public record Choice(Composition chosen, List<Composition> paretoFront) {}

    /**
     * Composes for an entry point.
     *
     * @throws IllegalArgumentException where it saw no allocation
     */
    public Choice choose(Profile profile, EntryPointProfile entryPoint, Objective objective) {
        List<BandProfile> bands = entryPoint.bands().stream()
                .filter(band -> band.allocateCount() > 0)
                .toList();
        if (bands.isEmpty()) {
            throw new IllegalArgumentException("profile: no allocation (expected: at least one)");
        }
        CompositeInput input = new CompositeInput(
                bands,
                SizeCounts.of(entryPoint),
                Math.max(1, profile.threadCounts().platformCount()),
                entryPoint.peakLiveBytes());
        List<Composition> front = new Search(input).front();
        double allowed = objective.allowedBytes(input.generalPurposeBytes());
        return new Choice(chosen(front, objective, allowed), front);
    }

    private static Composition chosen(List<Composition> front, Objective objective, double allowedBytes) {
        Composition least = front.get(front.size() - 1);
        if (objective == Objective.MEMORY) {
            return least;
        }
        return front.stream()
                .filter(each -> each.peakBytes() <= allowedBytes)
                .findFirst()
                .orElse(least);
    }

    /** All compositions of one input that are not beaten. Used once, by one thread. */
    private final class Search {
        private final CompositeInput input;
        private final List<List<List<RangePart>>> optionsByRange = new ArrayList<>();
        private final double routeNanos;

        Search(CompositeInput input) {
            this.input = input;
            this.routeNanos = ROUTE_NANOS_PER_EVENT * input.eventCount();
            RangeParts parts = new RangeParts(input, costs, candidates);
            int n = input.bands().size();
            for (int first = 0; first < n; first++) {
                List<List<RangePart>> byLast = new ArrayList<>();
                for (int last = 0; last < n; last++) {
                    byLast.add(last < first ? List.of() : parts.options(first, last));
                }
                optionsByRange.add(byLast);
            }
        }

        List<Composition> front() {
            FrontSet[] fronts = new FrontSet[input.bands().size() + 1];
            fronts[0] = FrontSet.start();
            for (int end = 1; end < fronts.length; end++) {
                fronts[end] = new FrontSet();
                for (int first = 0; first < end; first++) {
                    extend(fronts[first], fronts[end], optionsByRange.get(first).get(end - 1));
                }
            }
            List<Composition> found = new ArrayList<>();
            for (FrontSet.Partial each : fronts[fronts.length - 1].sorted()) {
                found.add(Composition.of(each.parts(), each.nanos() / Math.max(1, input.eventCount()), each.bytes()));
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
