// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Names the place in the code that most blocks of an entry point come from. */
final class MainSite {

    private MainSite() {}

    static Optional<String> sentence(Profile profile, EntryPoint entryPoint) {
        List<SiteProfile> sites = profile.sites().stream()
                .filter(site ->
                        site.entryPoint() == entryPoint && !site.frames().isEmpty())
                .toList();
        long all = sites.stream().mapToLong(SiteProfile::estimatedAllocateCount).sum();
        if (all == 0) {
            return Optional.empty();
        }
        return sites.stream()
                .max(Comparator.comparingLong(SiteProfile::estimatedAllocateCount)
                        .thenComparingLong(SiteProfile::siteHash))
                .map(site -> "most come from " + site.frames().get(0) + " ("
                        + Figures.percent((double) site.estimatedAllocateCount() / all) + " of the sampled blocks)");
    }
}
