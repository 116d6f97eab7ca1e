// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.classifier.features.SizeCounts;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.LifetimeBuckets;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * The blocks of one site as if they were an entry point's: what its samples tell of sizes, lifetimes, reallocations and who frees, when and in
 * which order. What profiles of before do not tell of a site, its lifetimes in time and the order of its frees, is as with all blocks of those sizes.
 */
final class SiteBlocks {

    // Of a merge with profiles of before, the newer ones must have seen most of the frees.
    private static final double LEAST_KNOWN_RATIO = 0.5;
    private static final int LIFETIME_DIGITS = 2;

    private final SiteProfile site;
    private final SiteBehaviour behaviour;
    private final EntryPointProfile entryPoint;
    private final double durationSeconds;

    SiteBlocks(SiteProfile site, EntryPointProfile entryPoint, double durationSeconds) {
        this.site = site;
        this.behaviour = isKnown(site) ? site.behaviour() : SiteBehaviour.UNKNOWN;
        this.entryPoint = entryPoint;
        this.durationSeconds = durationSeconds;
    }

    /** Its features, in place of those of the entry point's. */
    EntryPointFeatures features() {
        List<BandProfile> bands = bands();
        EntryPointProfile own = new EntryPointProfile(
                entryPoint.entryPoint(),
                bands,
                site.sizes(),
                bands.stream().mapToLong(BandProfile::peakLiveBytes).sum(),
                0,
                0,
                entryPoint.arenas());
        return FeatureExtractor.entryPoint(own, durationSeconds);
    }

    private List<BandProfile> bands() {
        Map<Integer, Histogram> sizes = new SiteCells(SizeCounts.of(entryPoint)).sizesByBand(site);
        List<BandProfile> bands = new ArrayList<>();
        sizes.forEach((log2, cells) -> entryPoint.bands().stream()
                .filter(band -> band.log2() == log2)
                .findFirst()
                .ifPresent(all -> bands.add(band(all, cells))));
        return bands;
    }

    /** Whether the site's samples tell of most of its frees when and in which order they came. */
    static boolean isKnown(SiteProfile site) {
        return site.behaviour().freeCount() > 0 && site.behaviour().freeCount() >= LEAST_KNOWN_RATIO * site.freeCount();
    }

    private BandProfile band(BandProfile all, Histogram sizes) {
        long count = sizes.getTotalCount();
        double freeRatio = ratio(site.freeCount(), site.estimatedAllocateCount());
        long frees = (long) (count * Math.min(1, freeRatio));
        long bytes = (long) (sizes.getMean() * count);
        return new BandProfile(
                all.log2(),
                count,
                bytes,
                frees,
                (long) (sizes.getMean() * frees),
                (long) (frees * ratio(site.remoteFreeCount(), site.freeCount())),
                ordered(frees, behaviour.lifoFreeCount(), all.lifoFreeCount(), all),
                ordered(frees, behaviour.fifoFreeCount(), all.fifoFreeCount(), all),
                ordered(frees, behaviour.randomFreeCount(), all.randomFreeCount(), all),
                ordered(frees, behaviour.bulkFreeCount(), all.bulkFreeCount(), all),
                (long) (frees * ratio(behaviour.reallocateCount(), behaviour.freeCount())),
                (long) (frees * ratio(behaviour.growCount(), behaviour.freeCount())),
                (long) (count * ratio(all.zeroedCount(), all.allocateCount())),
                (long) (count * ratio(all.alignedCount(), all.allocateCount())),
                Math.max(all.minByteSize(), sizes.lowestEquivalentValue(sizes.getMinValue())),
                Math.min(all.maxByteSize(), sizes.getMaxValue()),
                all.maxByteAlignment(),
                Math.min(all.peakLiveBytes(), liveBytes(bytes, bytes - (long) (sizes.getMean() * frees))),
                behaviour.freeCount() > 0 ? lifetimeNanos() : all.lifetimeNanos(),
                site.lifetimeBytes());
    }

    /** Of the site's frees in a band, those in an order: as many as of all its frees, or, where no order could be told, as of the band's. */
    private long ordered(long frees, long own, long ofBand, BandProfile all) {
        return behaviour.orderedFreeCount() > 0
                ? (long) (frees * ratio(own, behaviour.freeCount()))
                : (long) (ofBand * ratio(frees, all.freeCount()));
    }

    private Histogram lifetimeNanos() {
        Histogram nanos = new Histogram(LIFETIME_DIGITS);
        LifetimeBuckets buckets = behaviour.lifetimeNanos();
        for (int bucket = 0; bucket < LifetimeBuckets.COUNT; bucket++) {
            if (buckets.count(bucket) > 0) {
                nanos.recordValueWithCount(LifetimeBuckets.middleNanos(bucket), buckets.count(bucket));
            }
        }
        return nanos;
    }

    /** What stays, and what is live of the rest at a time: by lifetimes in bytes, and the site's share of these. */
    private long liveBytes(long bytes, long stayingBytes) {
        double share = ratio(bytes, entryPoint.allocateBytes());
        double meanLifetime = site.lifetimeBytes().getTotalCount() == 0
                ? 0
                : site.lifetimeBytes().getMean();
        return stayingBytes + (long) (share * meanLifetime);
    }

    /** Of the entry point's blocks of the same sizes. */
    BandFeatures application(EntryPointFeatures all, EntryPointFeatures own) {
        List<Integer> bands =
                own.profile().bands().stream().map(BandProfile::log2).toList();
        return FeatureExtractor.bands(
                all,
                entryPoint.bands().stream()
                        .filter(band -> bands.contains(band.log2()))
                        .toList(),
                durationSeconds);
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : (double) part / whole;
    }
}
