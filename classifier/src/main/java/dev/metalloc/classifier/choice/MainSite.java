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

/** Names the place in the code that most blocks of some bands of an entry point come from. */
final class MainSite {

    private MainSite() {}

    private record Part(SiteProfile site, double count) {}

    /** Nothing where no site is known to have had a block of these bands. */
    static Optional<String> sentence(Profile profile, EntryPointFeatures entryPoint, List<BandProfile> bands) {
        SiteCells cells = new SiteCells(entryPoint.all().sizes());
        List<Part> parts = new ArrayList<>();
        for (SiteProfile site : profile.sites()) {
            if (site.entryPoint() == entryPoint.entryPoint() && !site.frames().isEmpty()) {
                parts.add(new Part(site, count(cells.countByBand(site), bands)));
            }
        }
        double all = parts.stream().mapToDouble(Part::count).sum();
        if (all == 0) {
            return Optional.empty();
        }
        return parts.stream()
                .max(Comparator.comparingDouble(Part::count)
                        .thenComparingLong(part -> part.site().siteHash()))
                .map(part -> "most come from " + part.site().frames().get(0) + " ("
                        + Figures.percent(part.count() / all) + " of the sampled blocks)");
    }

    private static double count(Map<Integer, Double> countByBand, List<BandProfile> bands) {
        return bands.stream()
                .mapToDouble(band -> countByBand.getOrDefault(band.log2(), 0.0))
                .sum();
    }
}
