// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.cost;

import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.profiler.api.BandProfile;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an entry point's own path takes for each block, by band: around whatever serves it, and where it is left to the JDK.
 *
 * <p>Immutable.
 */
public final class PathCosts {

    private static final PathCosts BARE = new PathCosts(Map.of());

    private final Map<Integer, Pair> pairs;

    /** Nanoseconds for an allocation with its free. */
    private record Pair(double aroundNanos, double leftNanos) {}

    private PathCosts(Map<Integer, Pair> pairs) {
        this.pairs = Map.copyOf(pairs);
    }

    /** No path: a trace is replayed on the allocators alone, and nothing can be left. */
    public static PathCosts bare() {
        return BARE;
    }

    public static PathCosts of(
            CostModel costs, EntryPointFeatures entryPoint, List<BandProfile> bands, double durationSeconds) {
        Map<Integer, Pair> pairs = new HashMap<>();
        for (BandProfile band : bands) {
            BandFeatures features = FeatureExtractor.bands(entryPoint, List.of(band), durationSeconds);
            pairs.put(
                    band.log2(),
                    new Pair(costs.aroundNanos(entryPoint, features), costs.jdkNanos(entryPoint, features)));
        }
        return new PathCosts(pairs);
    }

    /** Whether blocks may be left to the JDK. */
    public boolean canLeave() {
        return !pairs.isEmpty();
    }

    /** For all blocks of the bands, besides what the allocator takes. */
    public double aroundNanos(List<BandProfile> bands) {
        return canLeave() ? sum(bands, false) : 0;
    }

    /**
     * For all blocks of the bands, on the JDK's path.
     *
     * @throws IllegalStateException where they cannot be left
     */
    public double leftNanos(List<BandProfile> bands) {
        if (!canLeave()) {
            throw new IllegalStateException("path: bare (expected: one of an entry point)");
        }
        return sum(bands, true);
    }

    private double sum(List<BandProfile> bands, boolean left) {
        double nanos = 0;
        for (BandProfile band : bands) {
            Pair pair = pairs.get(band.log2());
            if (pair != null) {
                nanos += (left ? pair.leftNanos() : pair.aroundNanos()) * band.allocateCount();
            }
        }
        return nanos;
    }
}
