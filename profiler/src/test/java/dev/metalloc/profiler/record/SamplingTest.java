// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.record;

import static dev.metalloc.profiler.api.EntryPoint.UNSAFE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.SiteProfile;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

@SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
class SamplingTest {
    private static final int ENTRY = UNSAFE.ordinal();

    /** Answers the frame that the test put there last. */
    private static final class OneFrame implements StackSource {
        private String className = "app.Main";

        @Override
        public void walk(FrameBuffer into) {
            into.add(className, "run", 1);
        }
    }

    private final OneFrame stack = new OneFrame();

    /** Many tiny blocks, some middling, few huge: each site's estimate must come out whatever its share of the bytes. */
    @Test
    void estimatesAreUnbiasedOnASkewedLoad() {
        long[] sizes = {16, 1000, 60_000, 3_000_000};
        int[] everyNth = {1, 10, 200, 5000};
        long[] count = new long[sizes.length];
        double[] estimatedCount = new double[sizes.length];
        double[] estimatedBytes = new double[sizes.length];
        for (int seed = 0; seed < 20; seed++) {
            ByteSampler sampler = new ByteSampler(256 << 10, seed);
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < 400_000; i++) {
                for (int s = 0; s < sizes.length; s++) {
                    if (random.nextInt(everyNth[s]) == 0) {
                        count[s]++;
                        if (sampler.picks(sizes[s])) {
                            sampler.rearm();
                            double weight = ByteSampler.weight(256 << 10, sizes[s]) * BandRow.WEIGHT_UNIT;
                            estimatedCount[s] += weight;
                            estimatedBytes[s] += weight * sizes[s];
                        }
                    }
                }
            }
        }
        for (int s = 0; s < sizes.length; s++) {
            // standard errors: 2.0, 2.8, 1.1 and under 0.1 per cent; five of them make a false alarm unlikely
            double tolerance = new double[] {0.10, 0.14, 0.06, 0.01}[s];
            assertEquals(1.0, estimatedCount[s] / (double) count[s], tolerance, "count of size " + sizes[s]);
            assertEquals(
                    1.0, estimatedBytes[s] / ((double) count[s] * sizes[s]), tolerance, "bytes of size " + sizes[s]);
        }
    }

    @Test
    void sampledSitesAddUpToTheExactCounts() {
        Recorder recorder = new Recorder(RecorderOptions.sampled(16 << 10, 16 << 10), stack);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 0; i < 400_000; i++) {
            stack.className = i % 4 == 0 ? "app.Rare" : "app.Often";
            thread.allocated(ENTRY, 0x1000, i % 4 == 0 ? 4000 : 100, 8, 0);
            thread.freed(ENTRY, 0x1000);
        }
        Profile profile = RecorderTest.profileOf(recorder);
        SiteProfile rare = site(profile, "app.Rare");
        SiteProfile often = site(profile, "app.Often");
        assertEquals(100_000, (double) rare.estimatedAllocateCount(), 5_000);
        assertEquals(300_000, (double) often.estimatedAllocateCount(), 36_000);
        assertEquals(400e6, (double) rare.estimatedAllocateBytes(), 20e6);
        assertEquals(rare.estimatedAllocateCount(), rare.freeCount());
        assertTrue(Math.abs(rare.estimatedAllocateCount() - rare.lifetimeBytes().getTotalCount()) <= 2);
        assertEquals(0, rare.remoteFreeCount());
        assertEquals(rare, profile.sites().getFirst(), "in falling order of bytes");
        assertEquals(rare.sampleCount() + often.sampleCount(), profile.cost().stackSampleCount());
    }

    @Test
    void fullModeTakesEverySite() {
        Recorder recorder = new Recorder(RecorderOptions.full(), stack);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= 1000; i++) {
            thread.allocated(ENTRY, i * 16L, 48, 8, 0);
        }
        SiteProfile site = site(RecorderTest.profileOf(recorder), "app.Main");
        assertEquals(1000, site.sampleCount());
        assertEquals(1000, site.estimatedAllocateCount());
        assertEquals(48_000, site.estimatedAllocateBytes());
        assertEquals(1000, site.sizes().getTotalCount());
        assertEquals(48, site.sizes().lowestEquivalentValue(site.sizes().getMinValue()));
    }

    @Test
    void sitesBeyondTheCapAreCountedAsDropped() {
        Recorder recorder = new Recorder(new RecorderOptions(0, 0, 0, 0, 1000, 10, 4096), stack);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= 25; i++) {
            stack.className = "app.Class" + i;
            thread.allocated(ENTRY, i * 16L, 48, 8, 0);
        }
        Profile profile = RecorderTest.profileOf(recorder);
        assertEquals(10, profile.sites().size());
        assertEquals(15, profile.cost().droppedSampleCount());
    }

    @Test
    void allocationDuringAWalkTakesNoStackOfItsOwn() {
        Recorder[] holder = new Recorder[1];
        int[] walks = new int[1];
        Recorder recorder = new Recorder(RecorderOptions.full(), into -> {
            walks[0]++;
            holder[0].threadRecorder(Thread.currentThread()).allocated(ENTRY, 0x9000, 7, 8, 0);
            into.add("app.Main", "run", 1);
        });
        holder[0] = recorder;
        recorder.threadRecorder(Thread.currentThread()).allocated(ENTRY, 0x1000, 48, 8, 0);
        Profile profile = RecorderTest.profileOf(recorder);
        assertEquals(1, walks[0]);
        assertEquals(2, profile.allocateCount());
        assertEquals(1, profile.sites().getFirst().sampleCount());
    }

    @Test
    void siteIsNoOneElsesThoughHashesAreShared() {
        Recorder recorder = new Recorder(RecorderOptions.full(), stack);
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        thread.allocated(ENTRY, 0x1000, 48, 8, 0);
        thread.openArena(0).allocated(thread, 48, 8, 0);
        Profile profile = RecorderTest.profileOf(recorder);
        assertEquals(2, profile.sites().size(), "one for each entry point");
        assertEquals(profile.sites().get(0).siteHash(), profile.sites().get(1).siteHash());
        assertTrue(profile.sites().get(0).entryPoint() != profile.sites().get(1).entryPoint());
    }

    private static SiteProfile site(Profile profile, String className) {
        return profile.sites().stream()
                .filter(site -> site.frames().getFirst().className().equals(className))
                .findFirst()
                .orElseThrow();
    }

    /** One followed block stands for 64 KiB: an estimate alone would claim that much for a program with one block at a time. */
    @Test
    void peakIsNoMoreThanTheLiveBlocksCanBe() {
        Recorder recorder = new Recorder(RecorderOptions.sampled(), new NoStacks());
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 0; i < 200_000; i++) {
            thread.allocated(ENTRY, 16 + i % 64 * 16L, 4001);
            thread.freed(ENTRY, 16 + i % 64 * 16L);
        }
        Profile profile = RecorderTest.profileOf(recorder);
        assertEquals(4001, profile.peakLiveBytes());
        assertEquals(200_000, profile.allocateCount());
    }

    /** Frees of blocks from before an attach make the number of live ones mean nothing. */
    @Test
    void lateRecorderDoesNotTakeTheNumberOfLiveBlocksForABound() {
        Recorder recorder = new Recorder(RecorderOptions.sampled(), new NoStacks());
        recorder.joinLate();
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        for (int i = 1; i <= 10_000; i++) {
            thread.allocated(ENTRY, i * 16L, 100_000);
            thread.freed(ENTRY, (1 << 30) + i * 16L);
        }
        thread.allocated(ENTRY, 8, 16);
        assertEquals(1e9, (double) RecorderTest.profileOf(recorder).peakLiveBytes(), 0.1e9);
    }
}
