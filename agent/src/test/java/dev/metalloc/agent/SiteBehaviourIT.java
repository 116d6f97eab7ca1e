// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.api.TimePoint;
import dev.metalloc.profiler.io.ProfileReader;
import example.app.UnlikeSites;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the profile of a real run says of single sites, and of an entry point over time. */
class SiteBehaviourIT {

    private static final long LEAST_QUEUED_NANOS = 20_000_000;

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"sampled", "full"})
    void shouldTellSitesApart(String mode) throws Exception {
        Path file = folder.resolve("p.mprof");
        ChildJvm.Result result = new ChildJvm(folder)
                .agent("profile,out=" + file + ",app=unlike,cache=" + folder.resolve("cache") + ",mode=" + mode)
                .run(UnlikeSites.class);
        assertEquals(0, result.exitCode(), result.err());
        Profile profile = ProfileReader.read(file);

        SiteBehaviour pair = behaviour(profile, "pair");
        assertTrue(pair.lifoFreeCount() > 0.9 * pair.freeCount(), pair::toString);
        assertEquals(0, pair.reallocateCount());
        assertTrue(pair.lifetimeNanos().nanosAtShare(0.5) < LEAST_QUEUED_NANOS, pair::toString);

        SiteBehaviour queue = behaviour(profile, "enqueue");
        assertTrue(queue.fifoFreeCount() > 0.8 * queue.freeCount(), queue::toString);
        assertTrue(queue.lifetimeNanos().nanosAtShare(0.5) > LEAST_QUEUED_NANOS, queue::toString);
        assertTrue(queue.peakLiveBytes() > 0, queue::toString);

        SiteBehaviour grow = behaviour(profile, "grow");
        assertTrue(grow.reallocateCount() > 0, grow::toString);
        assertEquals((double) grow.reallocateCount(), (double) grow.growCount(), 1);

        List<TimePoint> timeLine =
                profile.entryPoint(EntryPoint.UNSAFE).orElseThrow().timeLine();
        assertTrue(timeLine.size() > 10 && timeLine.size() <= 128, timeLine::toString);
        long most = timeLine.stream().mapToLong(TimePoint::liveBytes).max().orElseThrow();
        assertTrue(most > UnlikeSites.BYTES * (UnlikeSites.QUEUED / 2L), timeLine::toString);
    }

    /** Of the sites whose calls come from a method. */
    private static SiteBehaviour behaviour(Profile profile, String method) {
        return profile.sites().stream()
                .filter(site -> site.frames().size() > 1
                        && site.frames().get(1).methodName().equals(method))
                .map(SiteProfile::behaviour)
                .reduce(SiteBehaviour.UNKNOWN, SiteBehaviour::plus);
    }
}
