// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.composite;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Beginnings of compositions of which none beats another in parts, time and memory at once. Confined. */
final class FrontSet {

    // Ties of a ten-thousandth are no difference; without it the set would grow with every rounding.
    private static final double SAME_RATIO = 1.0001;

    /** The first parts of a composition, and what they cost. */
    record Partial(List<RangePart> parts, double nanos, double bytes) {

        static final Partial NONE = new Partial(List.of(), 0, 0);

        Partial with(RangePart part, double routeNanos) {
            List<RangePart> longer = new ArrayList<>(parts);
            longer.add(part);
            return new Partial(List.copyOf(longer), nanos + part.nanos() + routeNanos, bytes + part.bytes());
        }

        boolean beats(Partial other) {
            return parts.size() <= other.parts.size()
                    && nanos <= other.nanos * SAME_RATIO
                    && bytes <= other.bytes * SAME_RATIO;
        }
    }

    private final List<Partial> partials = new ArrayList<>();

    static FrontSet start() {
        FrontSet start = new FrontSet();
        start.partials.add(Partial.NONE);
        return start;
    }

    void add(Partial added) {
        for (Partial each : partials) {
            if (each.beats(added)) {
                return;
            }
        }
        partials.removeIf(added::beats);
        partials.add(added);
    }

    List<Partial> all() {
        return partials;
    }

    /** The fastest first; those that need more parts for no gain left out. */
    List<Partial> sorted() {
        List<Partial> byTime = new ArrayList<>(partials);
        byTime.sort(Comparator.comparingDouble(Partial::nanos)
                .thenComparingDouble(Partial::bytes)
                .thenComparingInt(each -> each.parts().size()));
        List<Partial> front = new ArrayList<>();
        for (Partial each : byTime) {
            if (front.isEmpty() || each.bytes() < front.get(front.size() - 1).bytes()) {
                front.add(each);
            }
        }
        return front;
    }
}
