// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Names the place in the code that most blocks of some bands of an entry point come from.
 *
 * <p>How many blocks a band has is known exactly, from where only by samples, whose weights miss that number the more, the fewer they are:
 * so the samples say how each band falls to the sites, and its exact count how much that is.
 */
final class MainSite {

    // Of fewer samples any percentage would be chance.
    private static final long LEAST_SAMPLES = 10;

    private final SiteCells cells;
    private final List<BandProfile> bands;

    private MainSite(SiteCells cells, List<BandProfile> bands) {
        this.cells = cells;
        this.bands = bands;
    }

    /** Nothing where no site is known to have had a block of these bands. */
    static Optional<String> sentence(Profile profile, EntryPointFeatures entryPoint, List<BandProfile> bands) {
        List<SiteProfile> sites = profile.sites().stream()
                .filter(site -> site.entryPoint() == entryPoint.entryPoint())
                .toList();
        return new MainSite(new SiteCells(entryPoint.all().sizes()), bands).sentence(sites);
    }

    private Optional<String> sentence(List<SiteProfile> sites) {
        List<Part> parts = parts(sites);
        long samples =
                parts.stream().mapToLong(part -> part.site().sampleCount()).sum();
        double all = bands.stream().mapToLong(BandProfile::allocateCount).sum();
        return parts.stream()
                .filter(part -> !part.site().frames().isEmpty())
                .max(Comparator.comparingDouble(Part::count)
                        .thenComparingLong(part -> part.site().siteHash()))
                .map(part -> sentence(part.site(), part.count() / all, samples));
    }

    private static String sentence(SiteProfile site, double share, long samples) {
        boolean isMost = share >= 0.5;
        if (samples < LEAST_SAMPLES) {
            return (isMost ? "most seem to come from " : "the largest part seems to come from ")
                    + site.frames().get(0) + " (" + samples + (samples == 1 ? " sample)" : " samples)");
        }
        String percent = "about " + Figures.percent(share);
        return isMost
                ? "most come from " + site.frames().get(0) + " (" + percent + " of the blocks)"
                : "the largest part comes from " + site.frames().get(0) + " (" + percent + ")";
    }

    /** A site and how many blocks of the bands it asked for, about. */
    private record Part(SiteProfile site, double count) {}

    /** Of the sites that had a block of the bands. */
    private List<Part> parts(List<SiteProfile> sites) {
        List<Map<Integer, Double>> weights =
                sites.stream().map(cells::countByBand).toList();
        double[] counts = new double[sites.size()];
        for (BandProfile band : bands) {
            double all = weights.stream().mapToDouble(own -> weight(own, band)).sum();
            for (int i = 0; i < counts.length; i++) {
                counts[i] += all == 0 ? 0 : band.allocateCount() * weight(weights.get(i), band) / all;
            }
        }
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                parts.add(new Part(sites.get(i), counts[i]));
            }
        }
        return parts;
    }

    private static double weight(Map<Integer, Double> countByBand, BandProfile band) {
        return countByBand.getOrDefault(band.log2(), 0.0);
    }
}
