// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import dev.metalloc.classifier.Objective;
import java.util.ArrayList;
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
    // Of the logarithm: what of the candidates for 25 recorded programs holds more than it may is told best so.
    private static final double REPLAYED_WEIGHT = 0.3;
    private static final double MOST_CORRECTION = 1.07;

    private final List<Composition> front;
    private final ToDoubleFunction<Composition> replayedBytes;
    private double correction;

    /** @param front not empty, the fastest and largest first */
    CheckedFront(List<Composition> front, ToDoubleFunction<Composition> replayedBytes) {
        this.front = front;
        this.replayedBytes = replayedBytes;
    }

    /** The fastest that holds no more than is allowed, or the smallest where none does or memory is what counts. */
    Composition best(Objective objective, double allowedBytes) {
        Composition least = front.get(front.size() - 1);
        if (objective == Objective.MEMORY) {
            return front.stream()
                    .filter(each -> each.peakBytes() <= least.peakBytes() * MOST_DOUBT)
                    .skip(Math.max(0, count(least.peakBytes() * MOST_DOUBT) - MOST_REPLAYS))
                    .map(this::checked)
                    .min(Comparator.comparingDouble(Composition::peakBytes))
                    .orElse(least);
        }
        long perReplay = 1 + count(allowedBytes * MOST_DOUBT) / MOST_REPLAYS;
        long passed = 0;
        for (Composition each : front) {
            if (each.peakBytes() <= allowedBytes * MOST_DOUBT && passed++ % perReplay == 0) {
                Composition checked = checked(each);
                if (isAllowed(checked, allowedBytes)) {
                    return checked;
                }
            }
        }
        return checked(least);
    }

    /**
     * Of others that are faster than what was found and hold no more than is allowed, the one that holds least of those about as fast as the
     * fastest: what the model expects to be beaten by a hair in both may hold less when replayed. What was found where there is none.
     */
    Composition faster(Composition found, List<Composition> others, double allowedBytes) {
        List<Composition> doubted = others.stream()
                .filter(each -> each.nanosPerEvent() * ABOUT_AS_FAST <= found.nanosPerEvent()
                        && each.peakBytes() <= allowedBytes * Math.pow(MOST_DOUBT, REPLAYED_WEIGHT))
                .sorted(Composition.FASTEST_FIRST)
                .limit(MOST_DOUBTED)
                .toList();
        List<Composition> allowed = new ArrayList<>();
        for (Composition each : doubted) {
            if (!allowed.isEmpty() && each.nanosPerEvent() > allowed.get(0).nanosPerEvent() * ABOUT_AS_FAST) {
                break;
            }
            Composition checked = checked(each);
            if (isAllowed(checked, allowedBytes)) {
                allowed.add(checked);
            }
        }
        return allowed.stream()
                .min(Comparator.comparingDouble(Composition::peakBytes))
                .orElse(found);
    }

    private long count(double mostBytes) {
        return front.stream().filter(each -> each.peakBytes() <= mostBytes).count();
    }

    static boolean isAllowed(Composition checked, double allowedBytes) {
        return checked.peakBytes() <= allowedBytes;
    }

    /** With what it holds corrected by replay. */
    Composition checked(Composition expected) {
        double replayed = replayedBytes.applyAsDouble(expected) * correction();
        return replayed == expected.peakBytes()
                ? expected
                : new Composition(
                        expected.parts(),
                        expected.nanosPerEvent(),
                        Math.pow(expected.peakBytes(), 1 - REPLAYED_WEIGHT) * Math.pow(replayed, REPLAYED_WEIGHT));
    }

    /** What the smallest of all holds is known best: by what it holds in the replay, the workload's likeness is judged, half and half. */
    private double correction() {
        if (correction == 0) {
            Composition least = front.get(front.size() - 1);
            double ratio = Math.sqrt(least.peakBytes() / replayedBytes.applyAsDouble(least));
            correction = Math.clamp(ratio, 1 / MOST_CORRECTION, MOST_CORRECTION);
        }
        return correction;
    }
}
