// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a store is: an SQLite file of this machine, or the PostgreSQL server of a fleet.
 *
 * @param file the SQLite file; empty for a server
 * @param url the server's JDBC URL; empty for a file
 */
public record StoreLocation(Optional<Path> file, Optional<String> url) {

    private static final String SQLITE_URL_PREFIX = "jdbc:sqlite:";

    public StoreLocation {
        if (file.isPresent() == url.isPresent()) {
            throw new IllegalArgumentException("file, url: " + file + ", " + url + " (expected: one of both)");
        }
    }

    public static StoreLocation of(Path file) {
        return new StoreLocation(Optional.of(file), Optional.empty());
    }

    /**
     * Reads a JDBC URL.
     *
     * @throws IllegalArgumentException where it is neither SQLite's nor PostgreSQL's
     */
    public static StoreLocation ofUrl(String url) {
        if (url.startsWith(SQLITE_URL_PREFIX) && url.length() > SQLITE_URL_PREFIX.length()) {
            return of(Path.of(url.substring(SQLITE_URL_PREFIX.length())));
        }
        if (url.startsWith(PostgresDatabase.URL_PREFIX)) {
            new PostgresDatabase(url); // throws where the driver cannot read it
            return new StoreLocation(Optional.empty(), Optional.of(url));
        }
        throw new IllegalArgumentException("neither jdbc:postgresql://HOST/DATABASE nor jdbc:sqlite:FILE");
    }

    /** Whether asking it may take as long as a network does. */
    public boolean isServer() {
        return url.isPresent();
    }

    Database database() {
        return url.<Database>map(PostgresDatabase::new).orElseGet(() -> new SqliteDatabase(file.orElseThrow()));
    }
}
