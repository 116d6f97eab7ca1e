// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.Objective;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Picks from a Pareto front by peaks of which each is a weighted geometric mean of what the model expects and what a replay held: the model
 * does not know how blocks of many sizes lie beside each other, and a workload made from a profile does not know the program's phases.
 *
 * <p>Used once, by one thread.
 */
final class CheckedFront {

    // A replay takes a twentieth of a second or so.
    private static final int MOST_REPLAYS = 16;
    private static final int MOST_DOUBTED = 40;
    private static final double ABOUT_AS_FAST = 1.03;
    // The two seldom differ by more.
    static final double MOST_DOUBT = 1.15;
    // Of the logarithm: what of 2,230 candidates for 31 recorded programs held is told best so, of one thread and of
    // several.
    private static final double REPLAYED_WEIGHT_ALONE = 0.6;
    private static final double REPLAYED_WEIGHT = 0.3;
    private static final double MOST_CORRECTION = 1.07;
    // What is slower than the fastest that is allowed may hold less, but never so much less.
    private static final double MOST_FOR_LESS = 1.15;

    private final List<Composition> front;
    private final ToDoubleFunction<Composition> replayedBytes;
    private final boolean isConfined;
    private final double replayedWeight;
    private double correction;

    /**
     * A front that was not checked yet.
     *
     * @param front not empty, the fastest and largest first
     * @param isConfined whether one thread alone allocates: what a workload of several holds depends on turns that it guesses
     */
    CheckedFront(List<Composition> front, ToDoubleFunction<Composition> replayedBytes, boolean isConfined) {
        this.front = front;
        this.replayedBytes = replayedBytes;
        this.isConfined = isConfined;
        this.replayedWeight = isConfined ? REPLAYED_WEIGHT_ALONE : REPLAYED_WEIGHT;
    }

    /** The smallest where memory is what counts, else the one of which time and memory together cost least. */
    Composition best(MemoryAllowance allowance) {
        Composition least = front.get(front.size() - 1);
        if (allowance.objective() == Objective.MEMORY) {
            return front.stream()
                    .filter(each -> each.peakBytes() <= least.peakBytes() * MOST_DOUBT)
                    .skip(Math.max(0, count(least.peakBytes() * MOST_DOUBT) - MOST_REPLAYS))
                    .map(this::checked)
                    .min(Comparator.comparingDouble(Composition::peakBytes))
                    .map(this::servingOrSmallest)
                    .orElse(least);
        }
        double mostBytes = allowance.byteSize() * MOST_DOUBT;
        long perReplay = 1 + count(mostBytes) / MOST_REPLAYS;
        long passed = 0;
        double worthALook = Double.POSITIVE_INFINITY;
        Composition best = checked(least);
        for (Composition each : front) {
            if (each.nanosPerEvent() > worthALook) {
                break;
            }
            if (each.peakBytes() <= mostBytes && passed++ % perReplay == 0) {
                Composition checked = checked(each);
                if (allowance.isMet(checked)) {
                    worthALook = Math.min(worthALook, each.nanosPerEvent() * MOST_FOR_LESS);
                }
                best = cost(checked, allowance) < cost(best, allowance) ? checked : best;
            }
        }
        return servingOrSmallest(best);
    }

    /** What cannot serve holds infinitely much: then the smallest that can, if there is any. */
    private Composition servingOrSmallest(Composition found) {
        for (int i = front.size() - 1; i >= 0 && Double.isInfinite(found.peakBytes()); i--) {
            Composition checked = checked(front.get(i));
            if (Double.isFinite(checked.peakBytes())) {
                return checked;
            }
        }
        return found;
    }

    private static double cost(Composition checked, MemoryAllowance allowance) {
        return Math.log(checked.nanosPerEvent()) + allowance.price(checked);
    }

    /**
     * Of others that are faster than what was found and hold no more than is allowed, the fastest and those about as fast, the one that costs least, if
     * less than what was found: what the model expects to be beaten by a hair in both may hold less when replayed.
     */
    Composition faster(Composition found, List<Composition> others, MemoryAllowance allowance) {
        List<Composition> doubted = others.stream()
                .filter(each -> each.nanosPerEvent() * ABOUT_AS_FAST <= found.nanosPerEvent()
                        && each.peakBytes() <= allowance.byteSize() * Math.pow(MOST_DOUBT, replayedWeight))
                .sorted(Composition.FASTEST_FIRST)
                .limit(MOST_DOUBTED)
                .toList();
        Composition best = found;
        double worthALook = Double.POSITIVE_INFINITY;
        for (Composition each : doubted) {
            if (each.nanosPerEvent() > worthALook) {
                break;
            }
            Composition checked = checked(each);
            if (allowance.isMet(checked)) {
                worthALook = Math.min(worthALook, each.nanosPerEvent() * ABOUT_AS_FAST);
                best = cost(checked, allowance) < cost(best, allowance) ? checked : best;
            }
        }
        return best;
    }

    private long count(double mostBytes) {
        return front.stream().filter(each -> each.peakBytes() <= mostBytes).count();
    }

    /** With what it holds corrected by replay. */
    Composition checked(Composition expected) {
        double replayed = replayedBytes.applyAsDouble(expected) * correction();
        return replayed == expected.peakBytes()
                ? expected
                : new Composition(
                        expected.parts(),
                        expected.nanosPerEvent(),
                        Math.pow(expected.peakBytes(), 1 - replayedWeight) * Math.pow(replayed, replayedWeight));
    }

    /** What the smallest of all holds is known best: by what it holds in the replay, the workload of several threads is judged, half and half. */
    private double correction() {
        if (isConfined) {
            return 1;
        }
        if (correction == 0) {
            Composition least = front.get(front.size() - 1);
            double replayed = replayedBytes.applyAsDouble(least);
            double ratio = Double.isFinite(replayed) ? Math.sqrt(least.peakBytes() / replayed) : 1;
            correction = Math.clamp(ratio, 1 / MOST_CORRECTION, MOST_CORRECTION);
        }
        return correction;
    }
}
