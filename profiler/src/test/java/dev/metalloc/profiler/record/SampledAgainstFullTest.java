// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.metalloc.profiler.api.BandProfile;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;
import org.junit.jupiter.api.Test;

/**
 * One skewed load, recorded by a sampling recorder and by one that follows every block: pairs of tiny blocks, a queue of middling
 * ones, a cache of random victims, and a few large blocks that stay.
 */
@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class SampledAgainstFullTest {
    private static final int ENTRY = UNSAFE.ordinal();
    private static final int SEEDS = 20;
    private static final double TOLERANCE = 0.03;
    /** A peak is the highest of many estimates, so it comes out one standard error too high: 5 % at 23 MB live. */
    private static final double PEAK_TOLERANCE = 0.08;

    /** Gives each site some ten thousand samples over all seeds: a standard error below one per cent. */
    private static final long INTERVAL_BYTES = RecorderOptions.DEFAULT_LIFETIME_INTERVAL_BYTES;

    private static final int PAIR = 0;
    private static final int QUEUE = 1;
    private static final int CACHE = 2;
    private static final int STAYS = 3;
    private static final String[] SITES = {"app.Pair", "app.Queue", "app.Cache", "app.Stays"};
    private static final int[] BANDS = {6, 10, 13, 17};

    private int site;
    private long nextAddress;

    @Test
    void estimatesAreWithinThreePerCent() {
        List<Profile> sampled = new ArrayList<>();
        List<Profile> full = new ArrayList<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            sampled.add(record(RecorderOptions.sampled(INTERVAL_BYTES, INTERVAL_BYTES), seed));
            full.add(record(RecorderOptions.full(), seed));
        }
        assertSame("allocations", sampled, full, profile -> entry(profile).allocateCount(), 0);
        assertSame("allocated bytes", sampled, full, profile -> entry(profile).allocateBytes(), 0);
        assertSame("frees", sampled, full, profile -> entry(profile).freeCount(), 0);
        assertSame("freed bytes", sampled, full, profile -> entry(profile).freedBytes(), TOLERANCE);
        assertSame("peak of live bytes", sampled, full, Profile::peakLiveBytes, PEAK_TOLERANCE);
        for (int kind = PAIR; kind <= STAYS; kind++) {
            int band = BANDS[kind];
            String site = SITES[kind];
            assertSame(
                    "frees of " + site,
                    sampled,
                    full,
                    profile -> band(profile, band).freeCount(),
                    TOLERANCE);
            assertSame("bytes of " + site, sampled, full, profile -> site(profile, site), TOLERANCE);
        }
        for (int kind = QUEUE; kind <= CACHE; kind++) {
            int band = BANDS[kind];
            double exact = medianLifetimeBytes(full, band);
            assertEquals(exact, medianLifetimeBytes(sampled, band), TOLERANCE * exact, "lifetimes of " + SITES[kind]);
        }
        assertSame("LIFO", sampled, full, profile -> band(profile, BANDS[PAIR]).lifoFreeCount(), TOLERANCE);
        assertSame("FIFO", sampled, full, profile -> band(profile, BANDS[QUEUE]).fifoFreeCount(), TOLERANCE);
        assertSame(
                "random", sampled, full, profile -> band(profile, BANDS[CACHE]).randomFreeCount(), TOLERANCE);
    }

    /** Over all seeds, between the middles of two buckets: these are a fifth of their value wide. */
    private static double medianLifetimeBytes(List<Profile> profiles, int log2) {
        Histogram all = new Histogram(2);
        profiles.forEach(profile -> all.add(band(profile, log2).lifetimeBytes()));
        double half = all.getTotalCount() / 2.0;
        double seen = 0;
        double lower = 0;
        double seenAtLower = 0;
        for (HistogramIterationValue bucket : all.recordedValues()) {
            double seenAtMiddle = seen + bucket.getCountAddedInThisIterationStep() / 2.0;
            if (seenAtMiddle >= half) {
                double part = (half - seenAtLower) / (seenAtMiddle - seenAtLower);
                return lower + part * (bucket.getValueIteratedTo() - lower);
            }
            lower = bucket.getValueIteratedTo();
            seenAtLower = seenAtMiddle;
            seen += bucket.getCountAddedInThisIterationStep();
        }
        throw new AssertionError("no lifetime in band " + log2);
    }

    private static void assertSame(
            String what,
            List<Profile> sampled,
            List<Profile> full,
            ToDoubleFunction<Profile> figure,
            double tolerance) {
        double estimated = sampled.stream().mapToDouble(figure).average().orElseThrow();
        double exact = full.stream().mapToDouble(figure).average().orElseThrow();
        assertEquals(exact, estimated, tolerance * exact, what);
    }

    private Profile record(RecorderOptions options, int seed) {
        Recorder recorder = new Recorder(options, into -> into.add(SITES[site], "run", 1));
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        SplittableRandom random = new SplittableRandom(seed);
        ArrayDeque<Long> queue = new ArrayDeque<>();
        List<Long> cache = new ArrayList<>();
        nextAddress = 0;
        for (int i = 0; i < 100_000; i++) {
            for (int pair = 0; pair < 4; pair++) {
                thread.freed(ENTRY, allocate(thread, PAIR, 33 + random.nextInt(32)));
            }
            queue.add(allocate(thread, QUEUE, 513 + random.nextInt(512)));
            if (queue.size() > 400) {
                thread.freed(ENTRY, queue.remove());
            }
            cache.add(allocate(thread, CACHE, 4097 + random.nextInt(4096)));
            if (cache.size() > 2000) {
                thread.freed(ENTRY, takeAny(cache, random));
            }
            if (i % 200 == 0) {
                allocate(thread, STAYS, 100_000);
            }
        }
        return RecorderTest.profileOf(recorder);
    }

    private long allocate(ThreadRecorder thread, int kind, long byteSize) {
        site = kind;
        nextAddress += 16;
        thread.allocated(ENTRY, nextAddress, byteSize, 8, 0);
        return nextAddress;
    }

    private static long takeAny(List<Long> from, SplittableRandom random) {
        int index = random.nextInt(from.size());
        long taken = from.get(index);
        from.set(index, from.getLast());
        from.removeLast();
        return taken;
    }

    private static EntryPointProfile entry(Profile profile) {
        return profile.entryPoint(UNSAFE).orElseThrow();
    }

    private static BandProfile band(Profile profile, int log2) {
        return RecorderTest.band(entry(profile), log2);
    }

    private static double site(Profile profile, String className) {
        return profile.sites().stream()
                .filter(found -> found.frames().getFirst().className().equals(className))
                .mapToLong(SiteProfile::estimatedAllocateBytes)
                .sum();
    }
}
