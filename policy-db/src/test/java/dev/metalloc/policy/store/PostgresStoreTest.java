// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import static dev.metalloc.policy.store.TestRecords.profile;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PostgresStoreTest extends StoreContract {

    private static final int PUSHED = 2000;

    @Override
    StoreLocation newLocation() {
        location = TestServer.shared().freshSchema();
        return location;
    }

    @Override
    String url() {
        return location.url().orElseThrow();
    }

    /** Stopped while profiles are under way and started again: each arrives, and none twice. */
    @Test
    void shouldDeliverOnceThoughTheServerStopsInTheMiddle() throws Exception {
        Path folder = Files.createDirectory(home.resolve("spool"));
        for (int i = 0; i < PUSHED; i++) {
            Files.writeString(folder.resolve(i + ".mprof"), "content " + i);
        }
        CountDownLatch underWay = new CountDownLatch(1);
        AtomicInteger readCount = new AtomicInteger();
        Spool spool = new Spool(folder, (bytes, labels) -> {
            if (readCount.incrementAndGet() == PUSHED / 10) {
                underWay.countDown();
            }
            return profile("a", new String(bytes, StandardCharsets.UTF_8), 1);
        });

        try (ExecutorService pusher = Executors.newSingleThreadExecutor()) {
            Future<Spool.Sweep> sweep = pusher.submit(() -> spool.sweep(store));
            underWay.await();
            TestServer.shared().stop();
            ExecutionException failure = assertThrows(ExecutionException.class, sweep::get);
            assertTrue(String.valueOf(failure.getCause()).contains("does not answer"), failure::toString);
        } finally {
            TestServer.shared().startAgain();
        }
        assertFalse(spool.isEmpty());
        long before = store.profiles().count(ProfileSelection.of("a"));
        assertTrue(before > 0 && before < PUSHED, "stored before: " + before);
        spool.sweep(store);

        assertTrue(spool.isEmpty());
        Set<String> contents = new HashSet<>();
        store.profiles()
                .forEach(
                        ProfileSelection.of("a"),
                        content -> contents.add(new String(content.bytes(), StandardCharsets.UTF_8)));
        assertEquals(PUSHED, contents.size());
        assertEquals(PUSHED, store.profiles().count(ProfileSelection.of("a")));
    }

    @Test
    void shouldRefuseANewerSchema() throws SQLException {
        execute(
                "INSERT INTO flyway_schema_history VALUES (99, '9', 'later', 'SQL', 'V9__later.sql', 1, 'somebody', now(), 1,"
                        + " true)");

        String message = refusal(url());

        assertTrue(message.contains("schema 9 is newer than " + Schema.VERSION + " (update metalloc"), message);
    }

    @Test
    void shouldRefuseASchemaWithSomebodyElsesTables() throws SQLException {
        String url = newLocation().url().orElseThrow();
        String schema = url.substring(url.lastIndexOf('=') + 1);
        execute("CREATE SCHEMA " + schema);
        execute("CREATE TABLE " + schema + ".profile (theirs INTEGER)");

        assertTrue(refusal(url).contains("not a metalloc store"), refusal(url));
    }

    @Test
    void shouldSayWhatIsWrongWithAServerWithoutItsPassword() {
        String absent = refusal("jdbc:postgresql://localhost:1/postgres?user=me&password=secret");
        assertEquals(
                "jdbc:postgresql://localhost:1/postgres: the server does not answer (start it, or check METALLOC_DB)",
                absent);

        String url = TestServer.shared().url("any").replace("/postgres?", "/nowhere?");
        assertTrue(refusal(url).contains("there is no such database"), refusal(url));
        assertThrows(IllegalArgumentException.class, () -> StoreLocation.ofUrl("jdbc:mysql://localhost/x"));
    }

    private static String refusal(String url) {
        PolicyStoreException e =
                assertThrows(PolicyStoreException.class, () -> PolicyStore.open(StoreLocation.ofUrl(url)));
        String message = String.valueOf(e.getMessage());
        assertFalse(message.contains("\n"), message);
        return message;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url())) {
            connection.createStatement().execute(sql);
        }
    }
}
