// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.LifetimeBuckets;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.record.BandRow;
import dev.metalloc.profiler.record.RawSnapshot;
import dev.metalloc.profiler.record.SiteRow;
import dev.metalloc.profiler.record.SizeBands;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.Histogram;

/** Makes the profiles of the sites in a snapshot. */
final class SiteProfiles {
    private static final EntryPoint[] ENTRY_POINTS = EntryPoint.values();

    private final RawSnapshot snapshot;
    private final List<EntryPointProfile> entryPoints;

    private SiteProfiles(RawSnapshot snapshot, List<EntryPointProfile> entryPoints) {
        this.snapshot = snapshot;
        this.entryPoints = entryPoints;
    }

    /** @param entryPoints those of the same snapshot: no site held more than its entry point did */
    static List<SiteProfile> of(RawSnapshot snapshot, List<EntryPointProfile> entryPoints) {
        SiteProfiles profiles = new SiteProfiles(snapshot, entryPoints);
        List<SiteProfile> sites = new ArrayList<>();
        for (int i = 0; i < snapshot.sites().length; i++) {
            sites.add(profiles.site(i));
        }
        sites.sort(Profiles.SITE_ORDER);
        return sites;
    }

    private SiteProfile site(int index) {
        long[] row = snapshot.sites()[index];
        Histogram lifetimes = Histograms.emptyForSite();
        Histograms.addLifetimeBytes(lifetimes, row, SiteRow.LIFETIME_BYTES, BandRow.WEIGHT_UNIT);
        EntryPoint entryPoint = ENTRY_POINTS[(int) row[SiteRow.ENTRY_POINT]];
        return new SiteProfile(
                row[SiteRow.HASH],
                entryPoint,
                frames(index),
                row[SiteRow.SAMPLE_COUNT],
                unweighted(row[SiteRow.ALLOCATE_WEIGHT]),
                row[SiteRow.ALLOCATE_BYTES],
                sizes(row),
                lifetimes,
                unweighted(row[SiteRow.REMOTE_FREE_WEIGHT]),
                unweighted(row[SiteRow.FREE_WEIGHT]),
                behaviour(row, entryPoint));
    }

    private SiteBehaviour behaviour(long[] row, EntryPoint entryPoint) {
        // As with bands: what falls as often as it rises is random, the rest has a direction.
        long rising = row[SiteRow.RISING_FREE_WEIGHT];
        long falling = row[SiteRow.FALLING_FREE_WEIGHT];
        long unordered = unweighted(row[SiteRow.UNORDERED_FREE_WEIGHT]);
        long most = entryPoints.stream()
                .filter(profile -> profile.entryPoint() == entryPoint)
                .mapToLong(EntryPointProfile::peakLiveBytes)
                .sum();
        return new SiteBehaviour(
                unweighted(row[SiteRow.LIFO_FREE_WEIGHT] + Math.max(0, falling - rising)),
                unweighted(Math.max(0, rising - falling)),
                unweighted(2 * Math.min(rising, falling)),
                entryPoint.isArena() ? unordered : 0,
                entryPoint.isArena() ? 0 : unordered,
                unweighted(row[SiteRow.REALLOCATE_WEIGHT]),
                unweighted(row[SiteRow.GROW_WEIGHT]),
                Math.max(0, row[SiteRow.LIVE_BYTES]),
                Math.min(most, row[SiteRow.PEAK_LIVE_BYTES]),
                lifetimeNanos(row));
    }

    private static LifetimeBuckets lifetimeNanos(long[] row) {
        long[] counts = new long[LifetimeBuckets.COUNT];
        for (int bucket = 0; bucket < counts.length; bucket++) {
            counts[bucket] = unweighted(row[SiteRow.LIFETIME_NANOS + bucket]);
        }
        return LifetimeBuckets.of(counts);
    }

    private static Histogram sizes(long[] row) {
        Histogram sizes = Histograms.emptyForSite();
        for (int from = SiteRow.SIZES; from < row.length; from += SizeBands.SITE_SUB_BUCKETS) {
            Histograms.addSiteSizes(sizes, row, from, (from - SiteRow.SIZES) / SizeBands.SITE_SUB_BUCKETS);
        }
        return sizes;
    }

    private List<SiteProfile.Frame> frames(int index) {
        List<SiteProfile.Frame> frames = new ArrayList<>();
        for (int i = 0; i < snapshot.siteClassNames()[index].length; i++) {
            frames.add(new SiteProfile.Frame(
                    snapshot.siteClassNames()[index][i],
                    snapshot.siteMethodNames()[index][i],
                    Math.max(-1, snapshot.siteLines()[index][i])));
        }
        return frames;
    }

    private static long unweighted(long weight) {
        return Math.round(weight * BandRow.WEIGHT_UNIT);
    }
}
