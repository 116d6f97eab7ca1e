// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL server of this JVM's tests; each test gets a schema of its own. */
final class TestServer {

    private static final AtomicInteger SCHEMAS = new AtomicInteger();
    private static @Nullable TestServer shared;

    private final Path data;
    private EmbeddedPostgres server;
    private final int port;

    private TestServer(Path data) throws IOException {
        this.data = data;
        this.server = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .start();
        this.port = server.getPort();
    }

    /** Started once and stopped with the JVM. */
    static synchronized TestServer shared() {
        try {
            if (shared == null) {
                TestServer server = new TestServer(Files.createTempDirectory("metalloc-test-server"));
                Runtime.getRuntime().addShutdownHook(new Thread(server::stopQuietly));
                shared = server;
            }
            return shared;
        } catch (IOException e) {
            throw new IllegalStateException("no PostgreSQL server for the tests", e);
        }
    }

    StoreLocation freshSchema() {
        return StoreLocation.ofUrl(url("schema" + SCHEMAS.incrementAndGet()));
    }

    String url(String schema) {
        return "jdbc:postgresql://localhost:" + port + "/postgres?user=postgres&currentSchema=" + schema;
    }

    void stop() throws IOException {
        server.close();
    }

    /** On the same port with the same data. */
    void startAgain() throws IOException {
        server = EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setCleanDataDirectory(false)
                .setPort(port)
                .start();
    }

    private void stopQuietly() {
        try {
            server.close();
        } catch (IOException e) {
            // The JVM ends, and the server with it.
        }
    }
}
