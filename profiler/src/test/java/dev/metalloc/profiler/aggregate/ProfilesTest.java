// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.aggregate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.HeapUse;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.ProfilerCost;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.api.SiteBehaviour;
import dev.metalloc.profiler.api.SiteProfile;
import dev.metalloc.profiler.api.ThreadCounts;
import dev.metalloc.profiler.api.ThreadSummary;
import dev.metalloc.profiler.api.TimePoint;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProfilesTest {
    @Test
    void orderDoesNotMatter() {
        for (int seed = 0; seed < 30; seed++) {
            Profile a = RandomProfiles.of(seed);
            Profile b = RandomProfiles.of(seed + 1000);
            assertEquals(Profiles.merge(a, b), Profiles.merge(b, a), "seed " + seed);
        }
    }

    @Test
    void groupingDoesNotMatter() {
        for (int seed = 0; seed < 30; seed++) {
            Profile a = RandomProfiles.of(seed);
            Profile b = RandomProfiles.of(seed + 1000);
            Profile c = RandomProfiles.of(seed + 2000);
            assertEquals(
                    Profiles.merge(Profiles.merge(a, b), c), Profiles.merge(a, Profiles.merge(b, c)), "seed " + seed);
        }
    }

    @Test
    void equalityTellsProfilesApart() {
        assertNotEquals(RandomProfiles.of(1), RandomProfiles.of(2));
    }

    @Test
    void countsAddUpAndPeaksDoNot() {
        Profile a = RandomProfiles.of(1);
        Profile b = RandomProfiles.of(2);
        Profile merged = Profiles.merge(List.of(a, b));
        assertEquals(a.allocateCount() + b.allocateCount(), merged.allocateCount());
        assertEquals(a.allocateBytes() + b.allocateBytes(), merged.allocateBytes());
        assertEquals(a.freeCount() + b.freeCount(), merged.freeCount());
        assertEquals(2, merged.run().runCount());
        assertEquals(
                a.run().durationNanos() + b.run().durationNanos(), merged.run().durationNanos());
        assertEquals(Math.max(a.peakLiveBytes(), b.peakLiveBytes()), merged.peakLiveBytes());
        assertEquals(bySite(a) + bySite(b), bySite(merged), "every sample is in one site");
    }

    @Test
    void behaviourOfSitesAddsUpAndTimeLinesOfEntryPointsDoNot() {
        for (int seed = 0; seed < 10; seed++) {
            Profile a = RandomProfiles.of(seed);
            Profile b = RandomProfiles.of(seed + 1000);
            Profile merged = Profiles.merge(a, b);
            SiteBehaviour sum = behaviour(a).plus(behaviour(b));
            assertTrue(sum.lifetimeNanos().totalCount() > 0 && sum.reallocateCount() > 0, "seed " + seed + ": " + sum);
            assertEquals(sum, behaviour(merged), "seed " + seed);
            for (EntryPointProfile entry : merged.entryPoints()) {
                List<List<TimePoint>> lines = Stream.of(a, b)
                        .flatMap(profile -> profile.entryPoint(entry.entryPoint()).stream())
                        .map(EntryPointProfile::timeLine)
                        .toList();
                long latest = lines.stream()
                        .mapToLong(line -> line.getLast().elapsedMillis())
                        .max()
                        .orElseThrow();
                assertTrue(lines.contains(entry.timeLine()), "seed " + seed);
                assertEquals(latest, entry.timeLine().getLast().elapsedMillis(), "seed " + seed);
            }
        }
    }

    @Test
    void heapsAreThoseOfTheRunThatHeldMostBeyondWhatWasLive() {
        Profile none = withHeaps(Optional.empty());
        Profile low = withHeaps(Optional.of(new HeapUse(900, 800)));
        Profile high = withHeaps(Optional.of(new HeapUse(500, 100)));
        Profile alike = withHeaps(Optional.of(new HeapUse(600, 200)));
        assertEquals(high.heaps(), Profiles.merge(low, high).heaps());
        assertEquals(alike.heaps(), Profiles.merge(List.of(alike, high, low)).heaps());
        assertEquals(low.heaps(), Profiles.merge(none, low).heaps());
        assertEquals(Optional.empty(), Profiles.merge(none, none).heaps());
        assertEquals(
                high.heaps(), Profiles.merge(List.of(high, high, high, high)).heaps(), "n copies are as one");
    }

    @Test
    void copiesChangeNothingInTheHeaps() {
        for (int seed = 0; seed < 30; seed++) {
            Profile profile = RandomProfiles.of(seed);
            assertEquals(
                    profile.heaps(),
                    Profiles.merge(List.of(profile, profile, profile)).heaps(),
                    "seed " + seed);
        }
    }

    private static Profile withHeaps(Optional<HeapUse> heaps) {
        Profile profile = withThreads(0, 1);
        return new Profile(
                profile.run(),
                profile.entryPoints(),
                profile.sites(),
                profile.threads(),
                profile.threadCounts(),
                profile.timeLine(),
                profile.peakLiveBytes(),
                profile.cost(),
                heaps);
    }

    private static SiteBehaviour behaviour(Profile profile) {
        return profile.sites().stream().map(SiteProfile::behaviour).reduce(SiteBehaviour.UNKNOWN, SiteBehaviour::plus);
    }

    @Test
    void threadsBeyondTheCapAreFoldedInAnyOrder() {
        List<Profile> profiles = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            profiles.add(withThreads(i * 64, 64));
        }
        Profile merged = Profiles.merge(profiles);
        assertEquals(Profiles.MAX_NAMED_THREADS + 1, merged.threads().size());
        assertEquals(ThreadFold.OTHERS, merged.threads().getLast().name());
        assertEquals(
                12 * 64,
                merged.threads().stream()
                        .mapToLong(ThreadSummary::allocateCount)
                        .sum());
        for (int seed = 0; seed < 10; seed++) {
            Collections.shuffle(profiles, new Random(seed));
            Profile left = Profiles.merge(profiles.subList(0, 5));
            Profile right = Profiles.merge(profiles.subList(5, 12));
            assertEquals(merged, Profiles.merge(right, left));
        }
    }

    @Test
    void singleProfileIsAnsweredAsItIs() {
        Profile profile = RandomProfiles.of(1);
        assertSame(profile, Profiles.merge(List.of(profile)));
        assertThrows(IllegalArgumentException.class, () -> Profiles.merge(List.of()));
    }

    @Test
    void overlapIsOneForTheSameAndLessForOthers() {
        Profile profile = RandomProfiles.of(1);
        assertEquals(1, Profiles.overlap(profile, profile), 1e-9);
        assertEquals(1, Profiles.overlap(profile, Profiles.merge(profile, profile)), 1e-9);
        assertEquals(0, Profiles.overlap(profile, withThreads(0, 1)));
        double other = Profiles.overlap(profile, RandomProfiles.of(2));
        assertTrue(other > 0 && other < 1, "" + other);
    }

    @Test
    void overlapIsBetweenZeroAndOneAndTheSameBothWays() {
        for (int seed = 0; seed < 100; seed++) {
            Profile a = RandomProfiles.of(seed);
            Profile b = Profiles.merge(RandomProfiles.of(seed + 1000), RandomProfiles.of(seed + 2000));
            double overlap = Profiles.overlap(a, b);
            assertTrue(overlap >= 0 && overlap <= 1, "seed " + seed + ": " + overlap);
            assertEquals(overlap, Profiles.overlap(b, a), 1e-12, "seed " + seed);
            assertTrue(Profiles.overlap(a, Profiles.merge(a, b)) >= overlap - 1e-12, "seed " + seed);
        }
    }

    private static long bySite(Profile profile) {
        return profile.sites().stream().mapToLong(site -> site.sampleCount()).sum();
    }

    private static Profile withThreads(int from, int count) {
        List<ThreadSummary> threads = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            threads.add(new ThreadSummary("thread-" + i, 1, 0, 0, 0));
        }
        return new Profile(
                new RunInfo("app", "25", ProfileMode.FULL, 1, 1, 1, true, List.of()),
                List.of(),
                List.of(),
                threads,
                new ThreadCounts(count, 0, count),
                List.of(),
                0,
                new ProfilerCost(0, 0, 0, 0, 0, 0, 0));
    }
}
