// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Picks the fastest of a few compositions of different kinds by measuring them on a workload made from the profile.
 *
 * <p>The model is good at telling what a limit more or less is worth, and bad at comparing kinds of allocators: one of each family is measured, slabs before
 * others, say, or a segregated fit alone. What is not clearly faster than what the model puts first does not displace it, so that noise flips no
 * choice. Used once, by one thread.
 */
final class Finalists {

    static final int MOST = 4;

    // What the model puts further behind is not faster: it would be wrong by more than that.
    private static final double MOST_MODEL_RATIO = 2.2;
    // A replay takes a twentieth of a second or so.
    private static final int MOST_REPLAYS = 12;
    private static final double ABOUT_AS_FAST = 1.15;
    // A part that serves less of the events does not make a kind.
    private static final double LEAST_SHARE = 0.05;
    // Code that is compiled anew is faster or slower by chance.
    private static final double LEAST_GAIN = 0.12;
    // Of the logarithm of a time: what having fewer parts may cost.
    private static final double LEVEL = 0.06;
    // Of the logarithm of a time, the part that was measured: the workload is not the program, nor is the model.
    // Best, with this level, in 38 runs of programs of several threads, whose finalists were timed on them too.
    private static final double MEASURED_WEIGHT = 0.85;

    private final List<Composition> finalists = new ArrayList<>();
    private final MemoryAllowance allowance;

    Finalists(MemoryAllowance allowance) {
        this.allowance = allowance;
    }

    /**
     * The fastest of the model's choice and of the favourites of other kinds.
     *
     * @param expected the model's choice
     * @param others in any order
     * @param checked corrects what one is expected to hold, by replay
     */
    Composition fastest(
            Composition expected, List<Composition> others, UnaryOperator<Composition> checked, WorkloadReplay replay) {
        finalists.add(expected);
        addFavourites(others, checked);
        if (finalists.size() == 1) {
            return expected;
        }
        List<WorkloadReplay.MeasuredNanos> measured = replay.nanosPerEvent(finalists);
        return measured.size() == finalists.size() ? fastest(measured) : expected;
    }

    private void addFavourites(List<Composition> others, UnaryOperator<Composition> checked) {
        Composition expected = finalists.get(0);
        Set<String> families = new HashSet<>(Set.of(family(expected)));
        int replays = 0;
        for (List<Composition> alike : kinds(others)) {
            if (finalists.size() == MOST || replays >= MOST_REPLAYS) {
                return;
            }
            String family = family(alike.get(0));
            if (!families.contains(family)) {
                for (Composition each : favourites(alike)) {
                    replays++;
                    Composition found = checked.apply(each);
                    if (allowance.isMet(found) || found.peakBytes() <= expected.peakBytes()) {
                        finalists.add(found);
                        families.add(family);
                        break;
                    }
                }
            }
        }
    }

    /** What could be faster, by kind, each kind and all kinds with the fastest first; without the one that is expected to be. */
    private Collection<List<Composition>> kinds(List<Composition> others) {
        Composition expected = finalists.get(0);
        Map<String, List<Composition>> kinds = others.stream()
                .filter(each -> each.peakBytes() <= allowance.byteSize() * CheckedFront.MOST_DOUBT
                        && each.nanosPerEvent() <= MOST_MODEL_RATIO * expected.nanosPerEvent())
                .sorted(Composition.FASTEST_FIRST)
                .collect(Collectors.groupingBy(Finalists::kind, LinkedHashMap::new, Collectors.toList()));
        kinds.remove(kind(expected));
        return kinds.values();
    }

    /** The fastest of a kind, and the one that holds least of those that are about as fast. */
    private static Set<Composition> favourites(List<Composition> alike) {
        Composition fastest = alike.get(0);
        Composition smallest = alike.stream()
                .filter(each -> each.nanosPerEvent() <= ABOUT_AS_FAST * fastest.nanosPerEvent())
                .min(Comparator.comparingDouble(Composition::peakBytes))
                .orElse(fastest);
        return new LinkedHashSet<>(List.of(fastest, smallest));
    }

    private Composition fastest(List<WorkloadReplay.MeasuredNanos> measured) {
        int best = 0;
        for (int i = 1; i < finalists.size(); i++) {
            if (score(i, measured) < score(best, measured)) {
                best = i;
            }
        }
        WorkloadReplay.MeasuredNanos first = measured.get(0);
        WorkloadReplay.MeasuredNanos found = measured.get(best);
        double doubt = Math.max(LEAST_GAIN * first.nanos(), Math.hypot(first.error(), found.error()));
        return finalists.get(simplerThan(found.nanos() < first.nanos() - doubt ? best : 0, measured));
    }

    /** What has fewer parts, holds no more and is about as fast: what nobody measures, as mispredicted branches in a program that does other things, is for it. */
    private int simplerThan(int chosen, List<WorkloadReplay.MeasuredNanos> measured) {
        int simplest = chosen;
        for (int i = 0; i < finalists.size(); i++) {
            if (finalists.get(i).parts().size()
                            < finalists.get(simplest).parts().size()
                    && finalists.get(i).peakBytes() <= finalists.get(chosen).peakBytes()
                    && score(i, measured) <= score(chosen, measured) + LEVEL) {
                simplest = i;
            }
        }
        return simplest;
    }

    private double score(int index, List<WorkloadReplay.MeasuredNanos> measured) {
        return MEASURED_WEIGHT * Math.log(measured.get(index).nanos())
                + (1 - MEASURED_WEIGHT) * Math.log(finalists.get(index).nanosPerEvent())
                + allowance.price(finalists.get(index));
    }

    /** What serves most events, by size, without limits and classes. */
    private static String kind(Composition composition) {
        return busyParts(composition).stream()
                .map(part -> part.allocator()
                        + part.parameters()
                                .getOrDefault("quickShare", part.parameters().getOrDefault("quickBytes", "")))
                .collect(Collectors.joining(","));
    }

    /** Which allocator serves the smallest blocks, of which there are most, and whether it is alone. */
    private static String family(Composition composition) {
        List<RangePart> parts = busyParts(composition);
        return (parts.size() > 1 ? "before others " : "alone ")
                + parts.stream().map(RangePart::allocator).findFirst().orElse("");
    }

    private static List<RangePart> busyParts(Composition composition) {
        double all =
                composition.parts().stream().mapToLong(Finalists::allocations).sum();
        return composition.parts().stream()
                .filter(part -> allocations(part) >= LEAST_SHARE * all)
                .toList();
    }

    private static long allocations(RangePart part) {
        return part.bands().stream().mapToLong(band -> band.allocateCount()).sum();
    }
}
