// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.profiler.api.BandProfile;
import java.util.ArrayList;
import java.util.List;

/** Neighbouring bands of one entry point that behave alike, and so get one verdict. */
record BandGroup(Zone zone, List<BandProfile> bands, BandFeatures features) {

    // Fewer events than this say nothing about order or lifetime, so such a band goes with its neighbour.
    private static final long MIN_TELLING_COUNT = 100;
    private static final double MIN_TELLING_RATIO = 0.01;
    // Free orders and thread shares within a quarter of each other are one behaviour seen twice.
    private static final double LIKE_RATIO = 0.25;
    // Lifetimes of blocks of one kind grow with their size, so a factor of thirty tells no two kinds apart.
    private static final double LIKE_LIFETIME_DECADES = 1.5;

    BandGroup {
        bands = List.copyOf(bands);
    }

    /** The groups of an entry point, smallest sizes first. */
    static List<BandGroup> of(EntryPointFeatures entryPoint, double durationSeconds) {
        List<BandGroup> groups = new ArrayList<>();
        for (Zone zone : Zone.of(entryPoint.entryPoint())) {
            List<BandGroup> inZone = new ArrayList<>();
            for (BandProfile band : entryPoint.profile().bands()) {
                if (band.allocateCount() > 0
                        && largest(band) > zone.minByteSize()
                        && largest(band) <= zone.maxByteSize()) {
                    append(inZone, of(zone, List.of(band), entryPoint, durationSeconds), entryPoint, durationSeconds);
                }
            }
            groups.addAll(inZone);
        }
        return groups;
    }

    private static BandGroup of(
            Zone zone, List<BandProfile> bands, EntryPointFeatures entryPoint, double durationSeconds) {
        return new BandGroup(zone, bands, FeatureExtractor.bands(entryPoint, bands, durationSeconds));
    }

    private static void append(
            List<BandGroup> groups, BandGroup next, EntryPointFeatures entryPoint, double durationSeconds) {
        int last = groups.size() - 1;
        if (last >= 0 && groups.get(last).isLike(next, entryPoint)) {
            groups.set(last, groups.get(last).with(next, entryPoint, durationSeconds));
        } else {
            groups.add(next);
        }
    }

    BandGroup with(BandGroup next, EntryPointFeatures entryPoint, double durationSeconds) {
        List<BandProfile> both = new ArrayList<>(bands);
        both.addAll(next.bands);
        return of(zone, both, entryPoint, durationSeconds);
    }

    private boolean isLike(BandGroup other, EntryPointFeatures entryPoint) {
        return !isTelling(entryPoint) || !other.isTelling(entryPoint) || isLike(features, other.features);
    }

    private boolean isTelling(EntryPointFeatures entryPoint) {
        long count = features.allocateCount();
        return count >= MIN_TELLING_COUNT
                && count >= MIN_TELLING_RATIO * entryPoint.all().allocateCount();
    }

    private static boolean isLike(BandFeatures a, BandFeatures b) {
        return near(a.lifoFreeRatio(), b.lifoFreeRatio())
                && near(a.fifoFreeRatio(), b.fifoFreeRatio())
                && near(a.randomFreeRatio(), b.randomFreeRatio())
                && near(a.bulkFreeRatio(), b.bulkFreeRatio())
                && near(a.freeRatio(), b.freeRatio())
                && near(a.remoteFreeRatio(), b.remoteFreeRatio())
                && near(a.growRatio(), b.growRatio())
                && Math.abs(decade(a) - decade(b)) <= LIKE_LIFETIME_DECADES;
    }

    private static boolean near(double a, double b) {
        return Math.abs(a - b) <= LIKE_RATIO;
    }

    private static double decade(BandFeatures features) {
        return Math.log10(Math.max(1, features.lifetimeBytesMedian()));
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
