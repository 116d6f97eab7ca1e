// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import static dev.metalloc.policy.store.TestRecords.bytes;
import static dev.metalloc.policy.store.TestRecords.meta;
import static dev.metalloc.policy.store.TestRecords.policy;
import static dev.metalloc.policy.store.TestRecords.profile;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.policy.Policy;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every store does, whatever database it is in. */
abstract class StoreContract {

    /** As many as end at once in a fleet's worst moment where the tests run at full scale, else fewer. */
    private static final int PROCESSES = Boolean.getBoolean("metalloc.test.full") ? 64 : 4;

    private static final int PROFILES_EACH = 5;

    @TempDir
    Path home;

    StoreLocation location;
    PolicyStore store;

    abstract StoreLocation newLocation();

    abstract String url();

    @BeforeEach
    void open() {
        location = newLocation();
        store = PolicyStore.open(location);
    }

    @Test
    void shouldStoreTheSameBytesOnce() {
        ProfileTable profiles = store.profiles();
        assertTrue(profiles.add(profile("a", "one", 1)));
        assertFalse(profiles.add(profile("a", "one", 2)));
        assertFalse(profiles.add(profile("b", "one", 2)));
        assertTrue(profiles.add(profile("a", "two", 3)));

        List<StoredProfile> found = PolicyStore.open(location).profiles().latest("a", 10);
        assertEquals(
                List.of(3L, 1L),
                found.stream().map(each -> each.meta().recordedEpochMillis()).toList());
        assertEquals(meta(3), found.get(0).meta());
        assertEquals(3, found.get(0).byteSize());
        assertEquals(1, profiles.latest("a", 1).size());
        assertArrayEquals(bytes("two"), profiles.bytes(found.get(0).id()).orElseThrow());
        assertTrue(profiles.bytes(99_999).isEmpty());
        assertTrue(profiles.remove(found.get(0).id()));
        assertFalse(profiles.remove(found.get(0).id()));
    }

    @Test
    void shouldCountWhatABatchAdded() {
        assertEquals(0, store.profiles().addAll(List.of()));
        assertEquals(2, store.profiles().addAll(List.of(profile("a", "1", 1), profile("a", "2", 2))));
        assertEquals(
                1, store.profiles().addAll(List.of(profile("a", "2", 2), profile("a", "3", 3), profile("a", "3", 3))));
        assertEquals(3, store.profiles().count(ProfileSelection.of("a")));
    }

    @Test
    void shouldWalkOverAllProfilesOnce() {
        int count = 200; // some pages
        store.profiles()
                .addAll(IntStream.range(0, count)
                        .mapToObj(i -> profile("a", "content " + i, i))
                        .toList());
        store.profiles().add(profile("b", "other", 1));

        List<String> seen = new ArrayList<>();
        store.profiles().forEach(ProfileSelection.of("a"), content -> {
            seen.add(new String(content.bytes(), StandardCharsets.UTF_8));
            // Added behind the walker's back: it sees what was there when it started.
            if (seen.size() % 20 == 1) {
                store.profiles().add(profile("a", "meanwhile " + seen.size(), 1));
            }
        });

        assertEquals(count, seen.size());
        assertEquals(count, new HashSet<>(seen).size());
        assertTrue(seen.stream().allMatch(content -> content.startsWith("content ")));
    }

    @Test
    void shouldTellVersionsAndRolesApart() {
        ProfileLabels web = new ProfileLabels("1.0", "web");
        ProfileLabels batch = new ProfileLabels("1.1", "batch");
        store.profiles()
                .addAll(List.of(profile("a", "1", 1, web), profile("a", "2", 2, web), profile("a", "3", 3, batch)));

        assertEquals(
                List.of(new ProfileGroup(batch, 1, 1, 3, 3), new ProfileGroup(web, 2, 1, 2, 1)),
                store.profiles().groups("a"));
        assertEquals(2, store.profiles().count(ProfileSelection.of("a", web)));
        assertEquals(1, store.profiles().count(new ProfileSelection("a", Optional.empty(), Optional.of("batch"))));
        assertEquals(web, store.profiles().latest("a", 3).get(2).meta().labels());
    }

    @Test
    void shouldRememberWeights() {
        store.profiles().add(profile("a", "1", 1));
        long id = store.profiles().latest("a", 1).get(0).id();

        assertTrue(store.profiles().weigh(id, 2.5));
        assertFalse(store.profiles().weigh(id + 1, 2.5));

        assertEquals(2.5, store.profiles().latest("a", 1).get(0).meta().weight());
    }

    @Test
    void shouldPruneOldProfilesButKeepSomeOfEachKind() {
        ProfileLabels web = new ProfileLabels("1.0", "web");
        for (int i = 0; i < 10; i++) {
            store.profiles().add(profile("a", "a" + i, i));
            store.profiles().add(profile("a", "w" + i, i, web));
        }
        store.profiles().add(profile("b", "only", 0));

        assertEquals(8 + 8, store.profiles().countPrunable(1000, 2));
        assertEquals(5 + 5, store.profiles().prune(5, 2));
        assertEquals(0, store.profiles().prune(5, 2));
        assertEquals(10, store.profiles().count(ProfileSelection.of("a")));
        assertEquals(1, store.profiles().count(ProfileSelection.of("b")));
        assertEquals(
                Set.of(9L, 8L, 7L, 6L, 5L),
                new HashSet<>(store.profiles().latest("a", 100).stream()
                        .map(each -> each.meta().recordedEpochMillis())
                        .toList()));
    }

    @Test
    void shouldCountPolicyVersionsAndPreferThePinned() {
        PolicyTable policies = store.policies();
        Policy first = policies.save(policy("a"), PolicyState.DRAFT);
        Policy second = policies.save(policy("a"), PolicyState.APPROVED);

        assertEquals(1, first.version());
        assertEquals(
                Optional.of(new StoredPolicy(second, PolicyState.APPROVED, 100, false)), policies.inUse("a", "here"));
        assertTrue(policies.setState("a", 1, PolicyState.PINNED));
        assertEquals(Optional.of(new StoredPolicy(first, PolicyState.PINNED, 100, false)), policies.inUse("a", "here"));
        assertFalse(policies.setState("a", 3, PolicyState.PINNED));
        assertEquals(2, policies.all("a").size());
        assertTrue(policies.inUse("b", "here").isEmpty());
    }

    @Test
    void shouldRollOutAndBack() {
        PolicyTable policies = store.policies();
        Policy first = policies.save(policy("a"), PolicyState.APPROVED);
        Policy second = policies.save(policy("a"), PolicyState.APPROVED);

        assertTrue(policies.setShare("a", 2, 0));
        assertEquals(first, policies.inUse("a", "here").orElseThrow().policy());
        assertTrue(policies.setShare("a", 2, 100));
        assertEquals(second, policies.inUse("a", "here").orElseThrow().policy());
        assertTrue(policies.withdraw("a", 2));
        assertEquals(first, policies.inUse("a", "here").orElseThrow().policy());
        assertTrue(policies.withdraw("a", 1));
        assertTrue(policies.inUse("a", "here").isEmpty());
        assertTrue(policies.setState("a", 2, PolicyState.APPROVED));
        assertEquals(second, policies.inUse("a", "here").orElseThrow().policy());
        assertFalse(policies.withdraw("a", 3));
        assertFalse(policies.setShare("a", 3, 5));
        assertThrows(IllegalArgumentException.class, () -> policies.setShare("a", 2, 101));
    }

    @Test
    void shouldPruneDraftsOnly() {
        PolicyTable policies = store.policies();
        policies.save(policy("a", 1), PolicyState.APPROVED);
        policies.save(policy("a", 2), PolicyState.DRAFT);
        policies.save(policy("a", 3), PolicyState.APPROVED);
        policies.withdraw("a", 3);
        policies.save(policy("a", 4), PolicyState.DRAFT);
        policies.save(policy("a", 5), PolicyState.DRAFT);

        assertEquals(2, policies.prune(1000, 2));
        assertEquals(
                List.of(5, 4, 1),
                policies.all("a").stream().map(each -> each.policy().version()).toList());
        assertEquals(6, policies.save(policy("a", 6), PolicyState.DRAFT).version());
    }

    @Test
    void shouldKeepTheNewestCalibration() {
        CalibrationTable calibrations = store.calibrations();
        calibrations.save("cpu", "25", 10, "ten");
        calibrations.save("cpu", "25", 20, "twenty");
        calibrations.save("cpu", "25", 15, "late to arrive");

        assertEquals(Optional.of("twenty"), calibrations.find("cpu", "25"));
        assertEquals(Optional.empty(), calibrations.find("cpu", "24"));
    }

    @Test
    void shouldListApplicationsLastSeenFirst() {
        store.profiles().add(profile("old", "1", 10));
        store.profiles().add(profile("new", "2", 500));
        store.profiles().add(profile("new", "3", 400));
        store.policies().save(policy("old"), PolicyState.DRAFT);

        assertEquals(
                List.of(new AppSummary("old", 1, 1, 1000), new AppSummary("new", 2, 0, 500)), store.applications());
        assertEquals(Optional.of(new AppSummary("new", 2, 0, 500)), store.application("new"));
        assertEquals(Optional.empty(), store.application("other"));
    }

    /** Names are data, whatever they look like. */
    @Test
    void shouldTakeHostileNamesForNames() {
        String hostile = "a'; DROP TABLE profile; --%_:app\\";
        store.profiles().add(profile(hostile, "1", 1, new ProfileLabels("'\"", "${id}")));
        store.policies().save(policy(hostile), PolicyState.DRAFT);

        assertEquals(1, store.profiles().count(ProfileSelection.of(hostile)));
        assertEquals(hostile, store.applications().get(0).app());
        assertEquals("${id}", store.profiles().groups(hostile).get(0).labels().role());
        assertThrows(IllegalArgumentException.class, () -> profile("a\u0000b", "1", 1));
        assertThrows(IllegalArgumentException.class, () -> profile("a\nb", "1", 1));
    }

    /** Each process opens the store anew (so they also race to create it) and adds its own profiles and one common one. */
    @Test
    void shouldLoseAndDoubleNothingWhereManyProcessesEnd() throws IOException, InterruptedException {
        location = newLocation();
        List<Process> processes = start(PROCESSES);
        for (int i = 0; i < PROCESSES; i++) {
            int code = processes.get(i).waitFor();
            assertEquals("", Files.readString(home.resolve("err-" + i)));
            assertEquals(0, code);
        }

        store = PolicyStore.open(location);
        Set<String> contents = contents();
        assertEquals(PROCESSES * PROFILES_EACH + 1, contents.size());
        assertEquals(contents.size(), store.profiles().count(ProfileSelection.of("a")));
        assertEquals(PROCESSES, store.policies().all("a").size());
        assertEquals(PROCESSES, store.policies().all("a").get(0).policy().version());
    }

    /** What a process was told to be stored is there, whenever it and others are killed. */
    @Test
    void shouldOpenCleanWhereHalfOfTheProcessesAreKilled() throws IOException, InterruptedException {
        List<Process> processes = start(PROCESSES);
        Set<String> told = new HashSet<>();
        for (int i = 0; i < PROCESSES; i++) {
            try (BufferedReader out = processes.get(i).inputReader()) {
                if (i % 2 == 0) {
                    told.add(out.readLine());
                    processes.get(i).toHandle().destroyForcibly(); // leaves its output to be read
                }
                out.lines().forEach(told::add);
            }
        }
        for (int i = 0; i < PROCESSES; i++) {
            int code = processes.get(i).waitFor();
            assertEquals("", Files.readString(home.resolve("err-" + i)));
            assertTrue(i % 2 == 0 || code == 0, "exit code " + code);
        }
        told.remove(null);

        store = PolicyStore.open(location);
        Set<String> contents = contents();
        assertTrue(contents.containsAll(told), () -> "lost of " + told + ": found " + contents);
        assertEquals(contents.size(), store.profiles().count(ProfileSelection.of("a")));
        assertTrue(store.profiles().add(profile("a", "afterwards", 1)));
    }

    private Set<String> contents() {
        Set<String> contents = new HashSet<>();
        store.profiles()
                .forEach(
                        ProfileSelection.of("a"),
                        content -> contents.add(new String(content.bytes(), StandardCharsets.UTF_8)));
        return contents;
    }

    private List<Process> start(int count) throws IOException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-XX:+UseSerialGC",
                            "-XX:-UsePerfData", // of which a JVM may complain where its output is read
                            "-Xmx64m",
                            "-cp",
                            System.getProperty("java.class.path", ""),
                            AddProfiles.class.getName(),
                            url(),
                            String.valueOf(i),
                            String.valueOf(PROFILES_EACH))
                    .redirectError(home.resolve("err-" + i).toFile())
                    .start());
        }
        return processes;
    }
}
