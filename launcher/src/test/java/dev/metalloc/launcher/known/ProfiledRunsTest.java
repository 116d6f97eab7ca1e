// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.classifier.CountedRun;
import dev.metalloc.launcher.TestSurroundings;
import dev.metalloc.launcher.fleet.SyntheticProfiles;
import dev.metalloc.policy.store.PolicyStore;
import dev.metalloc.policy.store.ProfileLabels;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Stored runs count for more the newer they are. */
class ProfiledRunsTest {

    private static final Profile NEW = SyntheticProfiles.usual("a", 1);
    private static final Profile OLD = SyntheticProfiles.unusual("a", 2);
    private static final Profile OLDER = SyntheticProfiles.unusual("a", 3);

    @TempDir
    Path folder;

    private TestSurroundings machine;
    private PolicyStore store;

    @BeforeEach
    void open() throws IOException {
        machine = new TestSurroundings(folder).with("METALLOC_COSTS", "shipped");
        store = PolicyStore.open(folder.resolve("home/metalloc.db"));
    }

    private void store(Profile profile, long daysOld) throws IOException {
        Profile then = SyntheticProfiles.at(profile, "a", SyntheticProfiles.daysOld(daysOld));
        byte[] bytes = SyntheticProfiles.bytes(then, folder.resolve("x.mprof"));
        assertTrue(store.profiles().add(new SpooledProfile().read(bytes, ProfileLabels.NONE)));
    }

    private ProfiledRuns runs() {
        return KnownApplications.open(machine.surroundings()).runs("a").orElseThrow();
    }

    private static long count(Profile profile, EntryPoint entryPoint) {
        return profile.entryPoint(entryPoint).orElseThrow().allocateCount();
    }

    @Test
    void shouldCountAllAlikeWithinAHalfLife() throws IOException {
        store(NEW, 0);
        store(OLD, 29);
        ProfiledRuns runs = runs();
        assertEquals(runs.merged(), runs.weighed());
        assertEquals(List.of(1, 1), runs.runs().stream().map(CountedRun::times).toList());
    }

    @Test
    void shouldHalveWhatARunCountsForEachHalfLifeDownToAnEighth() throws IOException {
        store(OLDER, 400);
        store(NEW, 0);
        store(OLD, 65);
        ProfiledRuns runs = runs();

        assertEquals(
                List.of(8, 2, 1), runs.runs().stream().map(CountedRun::times).toList());
        assertEquals(8 * count(NEW, EntryPoint.UNSAFE), count(runs.weighed(), EntryPoint.UNSAFE));
        assertEquals(
                2 * count(OLD, EntryPoint.DIRECT_BUFFER) + count(OLDER, EntryPoint.DIRECT_BUFFER),
                count(runs.weighed(), EntryPoint.DIRECT_BUFFER));
        // Rates stay rates, and a run as long as runs are.
        assertEquals(11L * NEW.run().durationNanos(), runs.weighed().run().durationNanos());
        assertEquals(11, runs.weighed().run().runCount());
        assertEquals(count(NEW, EntryPoint.UNSAFE), count(runs.merged(), EntryPoint.UNSAFE));
        assertEquals(3, runs.merged().run().runCount());
    }

    /** Only what is stored says how old a run is: these are decades old, or of the future. */
    @Test
    void shouldReckonFromTheNewestRun() throws IOException {
        store(NEW, -10_000);
        store(OLD, -9_935);
        assertEquals(
                List.of(4, 1), runs().runs().stream().map(CountedRun::times).toList());
    }

    @Test
    void shouldTakeTheWeightThatARunWasGiven() throws IOException {
        store(NEW, 0);
        store(OLD, 1);
        long old = store.profiles().latest("a", 2).getLast().id();
        assertTrue(store.profiles().weigh(old, 5));
        assertEquals(
                List.of(1, 5), runs().runs().stream().map(CountedRun::times).toList());
    }

    @Test
    void shouldSayHowManyRunsThereWereAndThatSomeCountForMore() throws IOException {
        store(NEW, 0);
        store(OLD, 65);

        assertEquals(0, machine.run("recommend", "a", "--json"), machine.err());
        assertTrue(machine.out().contains("\"runs\": 2,"), machine.out());
        assertTrue(machine.out().contains("some runs count 4 times, others 1 (newer ones for more)"), machine.out());

        assertEquals(0, machine.run("db", "show", "a"), machine.err());
        assertTrue(
                machine.out().contains("# UNSAFE: " + count(NEW, EntryPoint.UNSAFE) + " allocations"), machine.out());
    }
}
