// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.LifetimeBuckets;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns the two sections of sites into their profiles. The mirror of {@link ProfileEncoder}. */
final class SiteDecoder {
    private static final int MAX_FRAMES = 8;
    private static final int LEAST_SITE_BYTES = 90;
    private static final int LEAST_BEHAVIOUR_BYTES = 10;

    private SiteDecoder() {}

    static List<SiteProfile> sites(ProfileInput in) throws ProfileFormatException {
        return ProfileDecoder.list(
                in,
                LEAST_SITE_BYTES,
                site -> new SiteProfile(
                        site.int64(),
                        site.constant(EntryPoint.class),
                        frames(site),
                        site.varint(),
                        site.varint(),
                        site.varint(),
                        site.histogram(),
                        site.histogram(),
                        site.varint(),
                        site.varint()));
    }

    private static List<SiteProfile.Frame> frames(ProfileInput in) throws ProfileFormatException {
        List<SiteProfile.Frame> frames = ProfileDecoder.list(
                in,
                3,
                frame -> new SiteProfile.Frame(
                        frame.string(), frame.string(), Math.clamp(frame.zigzag(), -1, Integer.MAX_VALUE)));
        if (frames.size() > MAX_FRAMES) {
            throw ProfileInput.damaged("a site of " + frames.size() + " frames (expected: at most " + MAX_FRAMES + ")");
        }
        return frames;
    }

    /** @param in null in files of before */
    static List<SiteProfile> withBehaviour(List<SiteProfile> sites, @Nullable ProfileInput in, MemoryBudget budget)
            throws ProfileFormatException {
        if (in == null) {
            return sites;
        }
        ProfileDecoder.checkCount(in.count(LEAST_BEHAVIOUR_BYTES), sites.size(), ProfileFormat.SITE_BEHAVIOUR);
        budget.takeSiteBehaviours(sites.size());
        List<SiteProfile> whole = new ArrayList<>(sites.size());
        for (SiteProfile site : sites) {
            whole.add(site.with(behaviour(in)));
        }
        return whole;
    }

    private static SiteBehaviour behaviour(ProfileInput in) throws ProfileFormatException {
        return new SiteBehaviour(
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                in.varint(),
                lifetimeNanos(in));
    }

    private static LifetimeBuckets lifetimeNanos(ProfileInput in) throws ProfileFormatException {
        int count = in.count(1);
        if (count > LifetimeBuckets.COUNT) {
            throw ProfileInput.damaged(
                    count + " buckets of lifetimes (expected: at most " + LifetimeBuckets.COUNT + ")");
        }
        long[] counts = new long[count];
        for (int bucket = 0; bucket < count; bucket++) {
            counts[bucket] = in.varint();
        }
        return LifetimeBuckets.of(counts);
    }
}
