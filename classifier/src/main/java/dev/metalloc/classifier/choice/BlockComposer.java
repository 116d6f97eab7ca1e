// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Objective;
import dev.metalloc.classifier.composite.CompositeChooser;
import dev.metalloc.classifier.composite.CompositeInput;
import dev.metalloc.classifier.composite.RangePart;
import dev.metalloc.classifier.cost.CostModel;
import dev.metalloc.classifier.cost.PathCosts;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.classifier.flags.FlagRaiser;
import dev.metalloc.classifier.flags.FlagSet;
import dev.metalloc.profiler.api.BandProfile;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Composes what serves the single blocks of an entry point, as a replay does for a trace. Immutable. */
final class BlockComposer {

    private final CompositeChooser chooser;
    private final OptionWeigher weigher;
    private final CostModel costs;
    private final Objective objective;

    BlockComposer(CompositeChooser chooser, OptionWeigher weigher, CostModel costs, Objective objective) {
        this.chooser = chooser;
        this.weigher = weigher;
        this.costs = costs;
        this.objective = objective;
    }

    /** The composition for a group whose blocks are freed one by one. */
    CompositeChooser.Choice compose(ApplicationFeatures application, EntryPointFeatures entryPoint, BandGroup group) {
        Map<Integer, FlagSet> flags = new HashMap<>();
        for (BandProfile band : group.bands()) {
            flags.put(
                    band.log2(),
                    FlagRaiser.band(
                            application,
                            FeatureExtractor.bands(entryPoint, List.of(band), application.durationSeconds())));
        }
        CompositeInput input = new CompositeInput(
                group.bands(),
                group.features().sizes(),
                Math.max(1, application.activeThreadCount()),
                application.sharing(),
                group.features().peakLiveBytes(),
                entryPoint.profile().rangePeaks(),
                false,
                PathCosts.of(costs, entryPoint, group.bands(), application.durationSeconds()),
                (allocator, band) -> isForbidden(allocator, flags.get(band.log2())));
        return chooser.choose(input, objective);
    }

    private boolean isForbidden(String allocator, @Nullable FlagSet flags) {
        return flags != null && weigher.isForbidden(allocator, flags);
    }

    /** The parts of a composition as groups with their options, the part itself first. */
    List<Weighed> weighed(
            ApplicationFeatures application,
            EntryPointFeatures entryPoint,
            BandGroup group,
            CompositeChooser.Choice choice) {
        List<Weighed> weighed = new ArrayList<>();
        for (int i = 0; i < choice.chosen().parts().size(); i++) {
            RangePart part = choice.chosen().parts().get(i);
            BandGroup range = BandGroup.of(group.zone(), part.bands(), entryPoint, application.durationSeconds());
            List<Option> options = new ArrayList<>();
            options.add(option(part, range));
            choice.alternatives().get(i).forEach(other -> options.add(option(other, range)));
            weighed.add(new Weighed(range, new Weighing(options, weigher.rejections(application, entryPoint, range))));
        }
        return weighed;
    }

    /** A part's range, and all that could serve it. */
    record Weighed(BandGroup group, Weighing weighing) {}

    private static Option option(RangePart part, BandGroup range) {
        boolean slab = part.classCount() > 0;
        return new Option(
                part.allocator(),
                part.parameters(),
                part.pairNanos(),
                (long) part.bytes(),
                slab ? Math.min(part.maxByteSize(), range.maxByteSize()) : range.maxByteSize(),
                slab
                        ? part.classCount() + (part.classCount() == 1 ? " size class wastes " : " size classes waste ")
                                + Figures.percent(part.wasteRatio()) + " inside blocks"
                        : "");
    }
}
