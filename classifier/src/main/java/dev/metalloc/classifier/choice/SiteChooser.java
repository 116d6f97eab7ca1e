// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.BlockUse;
import dev.metalloc.classifier.Expected;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.SiteEvidence;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.classifier.features.ApplicationFeatures;
import dev.metalloc.classifier.features.BandFeatures;
import dev.metalloc.classifier.features.EntryPointFeatures;
import dev.metalloc.classifier.features.FeatureExtractor;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Finds the sites whose blocks are unlike their application's, and chooses for them alone. Used once, by one thread. */
final class SiteChooser {

    // Fewer samples say nothing of a lifetime's distribution.
    static final long LEAST_SAMPLES = 100;
    // A site with less than a tenth of the blocks is not worth an allocator of its own.
    private static final double LEAST_SHARE = 0.1;
    private static final double MOST_OF_METHOD = 0.9;
    // Lifetimes of blocks of one kind differ from one size to the next; a factor of thirty is another kind.
    private static final double UNLIKE_LIFETIME_DECADES = 1.5;
    private static final double UNLIKE_RATIO = 0.25;

    private final Profile profile;
    private final ApplicationFeatures application;
    private final EntryPointFeatures entryPoint;
    private final BlockComposer composer;
    private final OptionWeigher weigher;
    private final VerdictWriter writer;
    private final Gain gain;
    private final LeftReason left;
    private final Confidence confidence;

    SiteChooser(
            Profile profile,
            ApplicationFeatures application,
            EntryPointFeatures entryPoint,
            BlockComposer composer,
            OptionWeigher weigher,
            VerdictWriter writer,
            Gain gain,
            Confidence confidence) {
        this.profile = profile;
        this.application = application;
        this.entryPoint = entryPoint;
        this.composer = composer;
        this.weigher = weigher;
        this.writer = writer;
        this.gain = gain;
        this.left = new LeftReason(gain, weigher);
        this.confidence = confidence;
    }

    /** Verdicts on sites, where the entry point's own ask for an allocator at all. */
    List<Verdict> choose(List<Verdict> verdicts) {
        List<Verdict> found = new ArrayList<>();
        if (verdicts.stream().allMatch(Verdict::isLeave) || entryPoint.entryPoint() == EntryPoint.MALLOC_DOWNCALL) {
            return found; // a handle is called from anywhere: run mode tells no sites apart
        }
        for (SiteProfile site : profile.sites()) {
            if (site.entryPoint() == entryPoint.entryPoint() && isTelling(site)) {
                found.addAll(choose(site));
            }
        }
        return found;
    }

    private boolean isTelling(SiteProfile site) {
        return site.sampleCount() >= LEAST_SAMPLES
                && !site.frames().isEmpty()
                && site.sizes().getTotalCount() > 0
                && site.lifetimeBytes().getTotalCount() > 0
                && site.estimatedAllocateCount()
                        >= LEAST_SHARE * entryPoint.all().allocateCount()
                && isMostOfItsMethod(site);
    }

    /** Run mode knows a call by the method that makes it, not by that method's callers. */
    private boolean isMostOfItsMethod(SiteProfile site) {
        SiteProfile.Frame calling = site.frames().get(0);
        long ofMethod = profile.sites().stream()
                .filter(other -> other.entryPoint() == site.entryPoint()
                        && !other.frames().isEmpty()
                        && other.frames().get(0).className().equals(calling.className())
                        && other.frames().get(0).methodName().equals(calling.methodName()))
                .mapToLong(SiteProfile::estimatedAllocateCount)
                .sum();
        return site.estimatedAllocateCount() >= MOST_OF_METHOD * ofMethod;
    }

    private List<Verdict> choose(SiteProfile site) {
        SiteBlocks blocks = new SiteBlocks(site, entryPoint.profile(), application.durationSeconds());
        EntryPointFeatures own = blocks.features();
        String unlike = unlike(own.all(), blocks.application(entryPoint, own));
        if (unlike.isEmpty()) {
            return List.of();
        }
        List<Verdict> verdicts = new ArrayList<>();
        for (BandGroup group : BandGroup.of(own, application.durationSeconds())) {
            if (group.zone().service() == Zone.Service.BLOCKS) {
                composer.weighed(application, own, group, composer.compose(application, own, group)).stream()
                        .map(weighed -> verdict(site, own, weighed, unlike))
                        // Where its sizes are served for the memory's sake, to leave a site would keep its part of the
                        // gaps.
                        .filter(verdict ->
                                !verdict.isLeave() || !gain.heldMemory().mayChoose())
                        .forEach(verdicts::add);
            }
        }
        return verdicts;
    }

    /** How the site's blocks differ from all of those sizes, or nothing. */
    private static String unlike(BandFeatures own, BandFeatures all) {
        double decades = decade(own) - decade(all);
        if (Math.abs(decades) >= UNLIKE_LIFETIME_DECADES) {
            return "its blocks live " + Figures.count(Math.rint(Math.pow(10, Math.abs(decades)))) + " times "
                    + (decades > 0 ? "longer" : "shorter") + " than the application's of these sizes";
        }
        if (Math.abs(own.freeRatio() - all.freeRatio()) >= UNLIKE_RATIO) {
            return Figures.percent(own.freeRatio()) + " of its blocks are freed, " + Figures.percent(all.freeRatio())
                    + " of the application's of these sizes";
        }
        if (Math.abs(own.remoteFreeRatio() - all.remoteFreeRatio()) >= UNLIKE_RATIO) {
            return Figures.percent(own.remoteFreeRatio()) + " of its blocks are freed by another thread, "
                    + Figures.percent(all.remoteFreeRatio()) + " of the application's of these sizes";
        }
        return "";
    }

    private static double decade(BandFeatures features) {
        return Math.log10(Math.max(1, features.lifetimeBytesMedian()));
    }

    /** By the rules of verdicts on sizes. */
    private Verdict verdict(SiteProfile site, EntryPointFeatures own, BlockComposer.Weighed weighed, String unlike) {
        Choice choice = Choice.of(weighed.group(), weighed.weighing(), weigher.jdkNanos(own, weighed.group()));
        Option best = choice.weighing().options().get(0);
        Optional<String> chunks = PoolChunks.reason(profile, allLike(choice.group()));
        String behaviour = SiteBlocks.isKnown(site) ? SiteEvidence.of(site).sentence() : "";
        if (best.isLeave() || chunks.isPresent() || !gain.isWorthwhile(choice)) {
            List<String> reasons = new ArrayList<>(List.of(unlike));
            // The entry point as a whole may be changed, or there would be no verdicts on its sites.
            reasons.addAll(chunks.map(List::of).orElseGet(() -> left.of(choice, Gain.MIN_SAVED_SHARE)));
            addTo(reasons, behaviour);
            return left(site, own, choice, reasons);
        }
        MadeFor madeFor = weigher.madeFor(best.name(), application, choice.group());
        List<String> reasons = new ArrayList<>();
        reasons.add(unlike + ": an allocator of its own keeps them apart");
        addTo(reasons, best.detail());
        reasons.add(madeFor.sentence());
        addTo(reasons, behaviour);
        return verdict(
                site,
                own,
                choice,
                best,
                confidence.ofChange(choice.jdkNanos(), best.pairNanos(), site.sampleCount(), madeFor),
                reasons,
                writer.runnerUp(choice, best));
    }

    private static void addTo(List<String> reasons, String sentence) {
        if (!sentence.isEmpty()) {
            reasons.add(sentence);
        }
    }

    /** The entry point's blocks of a group's sizes: a pool's chunks are told by how many there are. */
    private BandFeatures allLike(BandGroup group) {
        List<Integer> bands = group.bands().stream().map(BandProfile::log2).toList();
        return FeatureExtractor.bands(
                entryPoint,
                entryPoint.profile().bands().stream()
                        .filter(band -> bands.contains(band.log2()))
                        .toList(),
                application.durationSeconds());
    }

    private Verdict left(SiteProfile site, EntryPointFeatures own, Choice choice, List<String> reasons) {
        return verdict(
                site,
                own,
                choice,
                writer.leaving(choice),
                confidence.ofSmallGain(choice.savedShare(), Gain.MIN_GROUP_SAVED_SHARE, site.sampleCount()),
                reasons,
                choice.best().filter(best -> !best.isLeave()).map(Option::text).orElse(""));
    }

    private Verdict verdict(
            SiteProfile site,
            EntryPointFeatures own,
            Choice choice,
            Option taken,
            double sure,
            List<String> reasons,
            String runnerUp) {
        return new Verdict(
                entryPoint.entryPoint(),
                site.siteHash(),
                site.frames().get(0).toString(),
                choice.group().minByteSize(),
                taken.maxByteSize(),
                taken.name(),
                taken.parameters(),
                new Expected(
                        choice.jdkNanos() / VerdictWriter.EVENTS_PER_PAIR,
                        taken.pairNanos() / VerdictWriter.EVENTS_PER_PAIR,
                        weigher.jdkPeakBytes(choice.group()),
                        taken.peakBytes()),
                sure,
                reasons,
                runnerUp,
                BlockUse.of(choice.group().features(), own.all()));
    }
}
