// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import static dev.metalloc.policy.store.TestRecords.profile;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.junit.jupiter.api.Test;

class SqliteStoreTest extends StoreContract {

    private int files;

    @Override
    StoreLocation newLocation() {
        files++;
        return StoreLocation.of(file());
    }

    @Override
    String url() {
        return "jdbc:sqlite:" + file();
    }

    private Path file() {
        return home.resolve(files + "/metalloc.db");
    }

    private Path freshFile() throws IOException {
        newLocation();
        Files.createDirectories(file().getParent());
        return file();
    }

    @Test
    void shouldBeSoundAfterAll() throws SQLException {
        store.profiles().add(profile("a", "one", 1));

        try (Connection connection = DriverManager.getConnection(url());
                var result = connection.createStatement().executeQuery("PRAGMA integrity_check")) {
            assertTrue(result.next());
            assertEquals("ok", result.getString(1));
        }
    }

    /** A store as the first version of the tables left it. */
    @Test
    void shouldBringOlderTablesUpToDate() throws IOException, SQLException {
        freshFile();
        Flyway.configure(getClass().getClassLoader())
                .dataSource(url(), null, null)
                .locations("classpath:dev/metalloc/policy/store/migration")
                .placeholders(new SqliteDatabase(file()).types())
                .target("1")
                .load()
                .migrate();
        execute(
                "INSERT INTO profile (app, recorded_millis, host, java_version, allocate_count, free_count, sha256, bytes)"
                        + " VALUES ('a', 5, 'host', '25', 10, 9, 'abc', x'010203')");
        execute("INSERT INTO policy (app, version, created_millis, state, toml) VALUES ('a', 1, 7, 'DRAFT', '"
                + dev.metalloc.policy.PolicyToml.write(TestRecords.policy("a")) + "')");

        PolicyStore updated = PolicyStore.open(location(file()));

        assertEquals(Schema.VERSION, Schema.version(location(file()).database()));
        assertEquals(3, updated.profiles().latest("a", 1).get(0).byteSize());
        assertEquals(100, updated.policies().all("a").get(0).sharePercent());
    }

    private static StoreLocation location(Path file) {
        return StoreLocation.of(file);
    }

    @Test
    void shouldRefuseADamagedFileAndLeaveItAsItIs() throws IOException {
        Path file = freshFile();
        Files.writeString(file, "this is no database, but it is somebody's file\n".repeat(100));
        byte[] before = Files.readAllBytes(file);

        String message = refusal();

        assertTrue(message.contains("damaged or no metalloc store (move it away"), message);
        assertArrayEquals(before, Files.readAllBytes(file));
    }

    @Test
    void shouldRefuseAForeignDatabase() throws SQLException, IOException {
        freshFile();
        execute("CREATE TABLE theirs (x INTEGER)");

        String message = refusal();

        assertTrue(message.contains("not a metalloc store"), message);
    }

    @Test
    void shouldRefuseANewerSchemaAndLeaveItAsItIs() throws SQLException, IOException {
        execute("INSERT INTO flyway_schema_history VALUES (99, '" + (Schema.VERSION + 1)
                + "', 'later', 'SQL', 'V3__later.sql', 1, 'somebody', '2030-01-01', 1, 1)");
        byte[] before = Files.readAllBytes(file());

        String message = refusal();

        assertTrue(
                message.contains(
                        "schema " + (Schema.VERSION + 1) + " is newer than " + Schema.VERSION + " (update metalloc"),
                message);
        assertArrayEquals(before, Files.readAllBytes(file()));
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
        store.profiles().add(profile("a", "one", 1));
        Files.delete(file());
        Files.createDirectory(file());

        PolicyStoreException e =
                assertThrows(PolicyStoreException.class, () -> store.profiles().add(profile("a", "two", 2)));

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
        try (Connection connection = DriverManager.getConnection(url())) {
            connection.createStatement().execute(sql);
        }
    }
}
