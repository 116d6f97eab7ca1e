// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.classifier;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * What a profile says of one place in the code, for those who read a recommendation; estimates from its samples, together no more than is known to have been
 * allocated.
 *
 * @param siteText its innermost frame
 * @param callerText the innermost frame by which it differs from others with the same {@code siteText}; empty where there are none, or no such frame
 * @param freeRatio blocks freed, of those allocated
 * @param remoteFreeRatio frees by another thread, of all frees
 * @param reallocateRatio reallocations, of the blocks allocated
 * @param lifetimeBytesMedian bytes its thread allocated between allocate and free
 * @param behaviour the order of its frees and more; {@link SiteBehaviour#UNKNOWN} where the profile does not have it
 */
public record SiteEvidence(
        EntryPoint entryPoint,
        long siteHash,
        String siteText,
        String callerText,
        long sampleCount,
        long allocateCount,
        long allocateBytes,
        double freeRatio,
        double remoteFreeRatio,
        double reallocateRatio,
        long lifetimeBytesMedian,
        SiteBehaviour behaviour) {

    private static final int MOST = 10;
    // Of fewer samples any percentage would be chance.
    private static final long LEAST_SAMPLES = 10;

    /** Of the sites with most bytes. */
    public static List<SiteEvidence> of(Profile profile) {
        List<SiteProfile> listed = profile.sites().stream()
                .filter(site ->
                        site.sampleCount() >= LEAST_SAMPLES && !site.frames().isEmpty())
                .limit(MOST)
                .toList();
        return listed.stream()
                .map(site -> of(
                        site,
                        callerText(site, listed),
                        atMost(profile, site, EntryPointProfile::allocateCount, SiteProfile::estimatedAllocateCount),
                        atMost(profile, site, EntryPointProfile::allocateBytes, SiteProfile::estimatedAllocateBytes)))
                .toList();
    }

    /** Of one that has a frame. */
    public static SiteEvidence of(SiteProfile site) {
        return of(site, "", site.estimatedAllocateCount(), site.estimatedAllocateBytes());
    }

    /** The estimate, less where those of all sites of the entry point are more than its exact sum. */
    private static long atMost(
            Profile profile,
            SiteProfile site,
            ToLongFunction<EntryPointProfile> exact,
            ToLongFunction<SiteProfile> estimate) {
        double all = profile.sites().stream()
                .filter(other -> other.entryPoint() == site.entryPoint())
                .mapToLong(estimate)
                .sum();
        double known = profile.entryPoint(site.entryPoint())
                .map(entryPoint -> (double) exact.applyAsLong(entryPoint))
                .orElse(all);
        return Math.round(estimate.applyAsLong(site) * Math.min(1, known / Math.max(1, all)));
    }

    private static String callerText(SiteProfile site, List<SiteProfile> listed) {
        List<SiteProfile> alike = listed.stream()
                .filter(other -> other.entryPoint() == site.entryPoint()
                        && other.frames().get(0).equals(site.frames().get(0)))
                .toList();
        for (int depth = 1; alike.size() > 1 && depth < site.frames().size(); depth++) {
            SiteProfile.Frame frame = site.frames().get(depth);
            int caller = depth;
            if (alike.stream()
                    .anyMatch(other -> other.frames().size() <= caller
                            || !other.frames().get(caller).equals(frame))) {
                return frame.toString();
            }
        }
        return "";
    }

    private static SiteEvidence of(SiteProfile site, String callerText, long allocateCount, long allocateBytes) {
        return new SiteEvidence(
                site.entryPoint(),
                site.siteHash(),
                site.frames().get(0).toString(),
                callerText,
                site.sampleCount(),
                allocateCount,
                allocateBytes,
                ratio(site.freeCount(), site.estimatedAllocateCount()),
                ratio(site.remoteFreeCount(), site.freeCount()),
                ratio(site.behaviour().reallocateCount(), site.estimatedAllocateCount()),
                site.lifetimeBytes().getTotalCount() == 0
                        ? 0
                        : site.lifetimeBytes().getValueAtPercentile(50),
                site.behaviour());
    }

    /** Whether more is known than profiles of before tell. */
    public boolean isBehaviourKnown() {
        return !behaviour.equals(SiteBehaviour.UNKNOWN);
    }

    /** Of the frees whose order could be told. */
    public double ofOrdered(long frees) {
        return ratio(frees, behaviour.orderedFreeCount());
    }

    /** In words; empty where nothing of it is known. */
    public String sentence() {
        if (behaviour.freeCount() == 0) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        if (behaviour.orderedFreeCount() > 0) {
            text.append(order()).append("; ");
        }
        // The profiler's clock ticks every ten milliseconds: of shorter lives it says no more than that.
        long median = Math.max(10_000_000, behaviour.lifetimeNanos().nanosAtShare(0.5));
        text.append("half of its freed blocks lived less than about ").append(Figures.nanos((double) median));
        if (reallocateRatio > 0) {
            text.append("; ").append(Figures.percent(reallocateRatio)).append(" are reallocated");
        }
        return text.toString();
    }

    private String order() {
        long lifo = behaviour.lifoFreeCount();
        long fifo = behaviour.fifoFreeCount();
        long random = behaviour.randomFreeCount();
        long bulk = behaviour.bulkFreeCount();
        long most = Math.max(Math.max(lifo, fifo), Math.max(random, bulk));
        String word = most == bulk
                ? "together with an arena"
                : most == lifo ? "newest first" : most == fifo ? "oldest first" : "in no order";
        return Figures.percent(ofOrdered(most)) + " of its frees come " + word;
    }

    private static double ratio(long part, long whole) {
        return whole == 0 ? 0 : Math.min(1, (double) part / whole);
    }
}
