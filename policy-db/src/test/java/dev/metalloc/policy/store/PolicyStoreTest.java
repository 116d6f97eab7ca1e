// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.allocators.api.AllocatorSpec;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyRule;
import dev.metalloc.policy.PolicySite;
import dev.metalloc.profiler.api.EntryPoint;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PolicyStoreTest {

    private static final int PROCESSES = 8;
    private static final int PROFILES_EACH = 10;

    @TempDir
    Path home;

    @Test
    void shouldStoreTheSameBytesOnce() {
        PolicyStore store = PolicyStore.open(file());

        assertTrue(store.addProfile("a", bytes("one"), meta(1)));
        assertFalse(store.addProfile("a", bytes("one"), meta(2)));
        assertFalse(store.addProfile("b", bytes("one"), meta(2)));
        assertTrue(store.addProfile("a", bytes("two"), meta(3)));

        List<StoredProfile> profiles = PolicyStore.open(file()).profiles("a");
        assertEquals(
                List.of(3L, 1L),
                profiles.stream()
                        .map(profile -> profile.meta().recordedEpochMillis())
                        .toList());
        assertEquals(meta(3), profiles.get(0).meta());
        assertEquals(3, profiles.get(0).byteSize());
        assertEquals(1, store.latestProfiles("a", 1).size());
        assertArrayEquals(bytes("two"), store.profileBytes(profiles.get(0).id()).orElseThrow());
        assertTrue(store.profileBytes(99).isEmpty());
        assertTrue(store.removeProfile(profiles.get(0).id()));
        assertFalse(store.removeProfile(profiles.get(0).id()));
    }

    @Test
    void shouldCountPolicyVersionsAndPreferThePinned() {
        PolicyStore store = PolicyStore.open(file());

        Policy first = store.savePolicy(policy("a"), PolicyState.DRAFT);
        Policy second = store.savePolicy(policy("a"), PolicyState.APPROVED);

        assertEquals(1, first.version());
        assertEquals(Optional.of(new StoredPolicy(second, PolicyState.APPROVED)), store.latestPolicy("a"));
        assertTrue(store.setState("a", 1, PolicyState.PINNED));
        assertEquals(Optional.of(new StoredPolicy(first, PolicyState.PINNED)), store.latestPolicy("a"));
        assertFalse(store.setState("a", 3, PolicyState.PINNED));
        assertEquals(2, store.policies("a").size());
        assertTrue(store.latestPolicy("b").isEmpty());
    }

    @Test
    void shouldListApplicationsLastSeenFirst() {
        PolicyStore store = PolicyStore.open(file());
        store.addProfile("old", bytes("1"), meta(10));
        store.addProfile("new", bytes("2"), meta(500));
        store.addProfile("new", bytes("3"), meta(400));
        store.savePolicy(policy("old"), PolicyState.DRAFT);

        assertEquals(List.of(new AppSummary("old", 1, 1, 1000), new AppSummary("new", 2, 0, 500)), store.list());
        assertEquals(Optional.of(new AppSummary("new", 2, 0, 500)), store.show("new"));
        assertEquals(Optional.empty(), store.show("other"));
    }

    /** Each process opens the store anew (so they also race to create it) and adds its own profiles and one common one. */
    @Test
    void shouldLoseAndDoubleNothingWhereManyProcessesEnd() throws IOException, InterruptedException {
        List<Process> processes = new ArrayList<>();
        for (int i = 0; i < PROCESSES; i++) {
            processes.add(new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "--enable-native-access=ALL-UNNAMED",
                            "-XX:TieredStopAtLevel=1",
                            "-cp",
                            System.getProperty("java.class.path", ""),
                            AddProfiles.class.getName(),
                            file().toString(),
                            String.valueOf(i),
                            String.valueOf(PROFILES_EACH))
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve("out-" + i).toFile())
                    .start());
        }
        for (int i = 0; i < PROCESSES; i++) {
            int code = processes.get(i).waitFor();
            assertEquals("", Files.readString(home.resolve("out-" + i)));
            assertEquals(0, code);
        }

        PolicyStore store = PolicyStore.open(file());
        List<StoredProfile> profiles = store.profiles("a");
        assertEquals(PROCESSES * PROFILES_EACH + 1, profiles.size());
        Set<String> contents = new HashSet<>();
        for (StoredProfile profile : profiles) {
            contents.add(new String(store.profileBytes(profile.id()).orElseThrow(), StandardCharsets.UTF_8));
        }
        assertEquals(profiles.size(), contents.size());
        assertEquals(PROCESSES, store.policies("a").size());
        assertEquals(PROCESSES, store.latestPolicy("a").orElseThrow().policy().version());
    }

    @Test
    void shouldRefuseADamagedFileAndLeaveItAsItIs() throws IOException {
        Files.writeString(file(), "this is no database, but it is somebody's file\n".repeat(100));
        byte[] before = Files.readAllBytes(file());

        String message = refusal();

        assertTrue(message.contains("damaged or no metalloc store (move it away"), message);
        assertArrayEquals(before, Files.readAllBytes(file()));
    }

    @Test
    void shouldRefuseAForeignDatabase() throws SQLException {
        execute("CREATE TABLE theirs (x INTEGER)");

        String message = refusal();

        assertTrue(message.contains("not a metalloc store"), message);
    }

    @Test
    void shouldRefuseANewerSchema() throws SQLException {
        PolicyStore.open(file());
        execute("PRAGMA user_version = " + (Schema.VERSION + 1));

        String message = refusal();

        assertTrue(message.contains("schema 2 is newer than 1 (update metalloc"), message);
    }

    /** Below /proc nobody can make files, whatever their rights. */
    @Test
    void shouldRefuseAHomeItCannotWrite() {
        for (String unwritable : new String[] {"/proc/self/metalloc.db", "/proc/self/new/metalloc.db"}) {
            PolicyStoreException e =
                    assertThrows(PolicyStoreException.class, () -> PolicyStore.open(Path.of(unwritable)));

            String message = String.valueOf(e.getMessage());
            assertTrue(message.startsWith(unwritable + ": cannot be "), message);
            assertTrue(message.contains("(check the "), message);
        }
    }

    @Test
    void shouldSayThatAStoreCanNoLongerBeOpened() throws IOException {
        PolicyStore store = PolicyStore.open(file());
        store.addProfile("a", bytes("one"), meta(1));
        Files.delete(file());
        Files.createDirectory(file());

        PolicyStoreException e =
                assertThrows(PolicyStoreException.class, () -> store.addProfile("a", bytes("two"), meta(2)));

        assertTrue(String.valueOf(e.getMessage()).contains("cannot be written (check the rights"), e.getMessage());
    }

    @Test
    void shouldRefuseAHomeThatIsAFile() throws IOException {
        Path plain = Files.writeString(home.resolve("plain"), "x");

        PolicyStoreException e =
                assertThrows(PolicyStoreException.class, () -> PolicyStore.open(plain.resolve("metalloc.db")));

        assertTrue(String.valueOf(e.getMessage()).startsWith(plain.toString()), e.getMessage());
    }

    /** The migration library takes over a second to start, so a store that is up to date must not start it. */
    @Test
    void shouldNotMigrateWhatIsUpToDate() throws IOException {
        PolicyStore.open(file());
        Files.delete(file().resolveSibling("metalloc.db.lock"));

        PolicyStore.open(file());

        assertFalse(Files.exists(file().resolveSibling("metalloc.db.lock")));
    }

    private String refusal() {
        PolicyStoreException e = assertThrows(PolicyStoreException.class, () -> PolicyStore.open(file()));
        String message = String.valueOf(e.getMessage());
        assertTrue(message.startsWith(file().toString()), message);
        assertFalse(message.contains("\n"), message);
        return message;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file())) {
            connection.createStatement().execute(sql);
        }
    }

    private Path file() {
        return home.resolve("metalloc.db");
    }

    static Policy policy(String app) {
        return new Policy(
                app,
                1,
                1000,
                "a test",
                "time",
                List.of(new PolicyRule(
                        EntryPoint.UNSAFE, PolicySite.ANY, 1, 64, AllocatorSpec.of("slab"), 1, List.of())));
    }

    static ProfileMeta meta(long millis) {
        return new ProfileMeta(millis, "host", "25", 10, 9);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
