// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.fleet;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import java.util.HashMap;
import java.util.Map;

/**
 * Which share of its bytes a program asks for through which entry point in which band of sizes.
 *
 * <p>Shares rather than bytes, so that in the mean of a fleet every instance counts alike: against a sum of bytes one host
 * that allocates a thousand times as much would make all the others look odd.
 */
final class BandShares {

    private record Key(EntryPoint entryPoint, int log2) {}

    private final Map<Key, Double> shares = new HashMap<>();
    private double weight;

    static BandShares of(Profile profile) {
        BandShares shares = new BandShares();
        shares.weight = 1;
        double total = profile.allocateBytes();
        for (EntryPointProfile entryPoint : profile.entryPoints()) {
            for (BandProfile band : entryPoint.bands()) {
                if (total > 0
                        && band.allocateBytes() > 0
                        && !entryPoint.entryPoint().isApart()) {
                    shares.shares.put(new Key(entryPoint.entryPoint(), band.log2()), band.allocateBytes() / total);
                }
            }
        }
        return shares;
    }

    /** Makes this the mean of all that were added. */
    void add(BandShares other) {
        other.shares.forEach((key, share) -> shares.merge(key, share, Double::sum));
        weight += other.weight;
    }

    /** How alike both are, 0 to 1: what falls to the same entry point and band in both. Two empty ones are alike. */
    double overlap(BandShares other) {
        if (shares.isEmpty() || other.shares.isEmpty()) {
            return shares.isEmpty() && other.shares.isEmpty() ? 1 : 0;
        }
        double common = 0;
        for (Map.Entry<Key, Double> share : shares.entrySet()) {
            common +=
                    Math.min(share.getValue() / weight, other.shares.getOrDefault(share.getKey(), 0.0) / other.weight);
        }
        return Math.min(1, common);
    }
}
