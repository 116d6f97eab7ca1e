// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.profiler.api.BandProfile;
import java.util.ArrayList;
import java.util.List;

/** Neighbouring bands of one entry point that get one verdict. */
record BandGroup(Zone zone, List<BandProfile> bands, BandFeatures features) {

    BandGroup {
        bands = List.copyOf(bands);
    }

    /** One group for each zone in which the entry point saw an allocation, smallest sizes first. */
    static List<BandGroup> of(EntryPointFeatures entryPoint, double durationSeconds) {
        List<BandGroup> groups = new ArrayList<>();
        for (Zone zone : Zone.of(entryPoint.entryPoint())) {
            List<BandProfile> inZone = entryPoint.profile().bands().stream()
                    .filter(band -> band.allocateCount() > 0
                            && largest(band) > zone.minByteSize()
                            && largest(band) <= zone.maxByteSize())
                    .toList();
            if (!inZone.isEmpty()) {
                groups.add(of(zone, inZone, entryPoint, durationSeconds));
            }
        }
        return groups;
    }

    static BandGroup of(Zone zone, List<BandProfile> bands, EntryPointFeatures entryPoint, double durationSeconds) {
        return new BandGroup(zone, bands, FeatureExtractor.bands(entryPoint, bands, durationSeconds));
    }

    BandGroup with(BandGroup next, EntryPointFeatures entryPoint, double durationSeconds) {
        List<BandProfile> both = new ArrayList<>(bands);
        both.addAll(next.bands);
        return of(zone, both, entryPoint, durationSeconds);
    }

    /** Smallest size of the first band, whether seen or not. */
    long minByteSize() {
        int log2 = bands.get(0).log2();
        return log2 == 0 ? 0 : (1L << (log2 - 1)) + 1;
    }

    /** Largest size of the last band, whether seen or not. */
    long maxByteSize() {
        return largest(bands.get(bands.size() - 1));
    }

    private static long largest(BandProfile band) {
        return 1L << band.log2();
    }
}
