// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier.choice;

import dev.metalloc.classifier.CountedRun;
import dev.metalloc.classifier.Figures;
import dev.metalloc.classifier.Verdict;
import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.ArrayList;
import java.util.List;

/**
 * How far the runs behind a merged profile agree with the verdicts on it: each would have got verdicts of its own.
 *
 * <p>Immutable. A run says as much on a verdict as it made allocations that the verdict speaks of, times what it counts; one that made too few to say anything
 * is not asked.
 */
public final class RunAgreement {

    // Where a tenth would have it otherwise, that is a run cut short, or chance.
    private static final double AGREED_RATIO = 0.9;

    private final List<CountedRun> runs;
    private final List<List<Verdict>> verdicts;

    /** @param verdicts those of each run alone, in the order of the runs */
    public RunAgreement(List<CountedRun> runs, List<List<Verdict>> verdicts) {
        this.runs = List.copyOf(runs);
        this.verdicts = List.copyOf(verdicts);
    }

    /** The verdict with less confidence, and the reason, where runs disagree with it. */
    public Verdict weighed(Verdict verdict) {
        double asked = 0;
        double agreeing = 0;
        int dissenters = 0;
        String other = "";
        for (int i = 0; i < runs.size(); i++) {
            long count = allocations(runs.get(i).profile(), verdict);
            if (count >= LeaveRules.MIN_ALLOCATE_COUNT) {
                String alone = alone(verdict, verdicts.get(i));
                double weighed = (double) count * runs.get(i).times();
                asked += weighed;
                agreeing += alone.equals(verdict.allocator()) ? weighed : 0;
                dissenters += alone.equals(verdict.allocator()) ? 0 : 1;
                other = alone.equals(verdict.allocator()) ? other : alone;
            }
        }
        double ratio = asked == 0 ? 1 : agreeing / asked;
        if (ratio >= AGREED_RATIO) {
            return verdict;
        }
        List<String> reasons = new ArrayList<>(verdict.reasons());
        reasons.add("the runs disagree: " + dissenters + " of " + runs.size() + " alone would get another answer ("
                + other + "), and made " + Figures.percent(1 - ratio) + " of these allocations");
        return verdict.with(Confidence.rounded(verdict.confidence() * ratio), reasons);
    }

    /** What most of the run's allocations of these sizes would get; of a site what all get where it has no verdict of its own. */
    private static String alone(Verdict verdict, List<Verdict> alone) {
        boolean isOfSite = alone.stream().anyMatch(own -> isAbout(own, verdict, verdict.siteHash()));
        return alone.stream()
                .filter(own -> isAbout(own, verdict, isOfSite ? verdict.siteHash() : 0)
                        && own.minByteSize() <= verdict.maxByteSize()
                        && own.maxByteSize() >= verdict.minByteSize())
                .max((a, b) -> Double.compare(common(a, verdict), common(b, verdict)))
                .map(Verdict::allocator)
                .orElse(Verdict.LEAVE);
    }

    private static boolean isAbout(Verdict own, Verdict verdict, long siteHash) {
        return own.entryPoint() == verdict.entryPoint() && own.siteHash() == siteHash;
    }

    /** Doublings of size that two verdicts share. */
    private static double common(Verdict a, Verdict b) {
        double from = Math.log(1.0 + Math.max(a.minByteSize(), b.minByteSize()));
        return Math.log(1.0 + Math.min(a.maxByteSize(), b.maxByteSize())) - from;
    }

    private static long allocations(Profile run, Verdict verdict) {
        return verdict.siteHash() == 0 ? ofSizes(run, verdict) : ofSite(run, verdict);
    }

    /** None where the run has too few samples to tell the site from others. */
    private static long ofSite(Profile run, Verdict verdict) {
        return run.sites().stream()
                .filter(site -> site.entryPoint() == verdict.entryPoint()
                        && site.siteHash() == verdict.siteHash()
                        && site.sampleCount() >= SiteChooser.LEAST_SAMPLES)
                .mapToLong(SiteProfile::estimatedAllocateCount)
                .sum();
    }

    private static long ofSizes(Profile run, Verdict verdict) {
        EntryPoint entryPoint = verdict.entryPoint();
        return run.entryPoint(entryPoint).map(EntryPointProfile::bands).orElse(List.of()).stream()
                .filter(band ->
                        band.maxByteSize() >= verdict.minByteSize() && band.minByteSize() <= verdict.maxByteSize())
                .mapToLong(BandProfile::allocateCount)
                .sum();
    }
}
