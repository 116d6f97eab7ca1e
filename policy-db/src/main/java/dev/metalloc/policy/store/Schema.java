// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/** Brings the tables of a store to the newest version, once, whoever opens it first. */
final class Schema {

    /** The {@code user_version} the last migration sets. */
    static final int VERSION = 1;

    private static final String MIGRATIONS = "classpath:dev/metalloc/policy/store/migration";

    private Schema() {}

    /** What {@code PRAGMA user_version} says; 0 for a new file. */
    static int version(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery("PRAGMA user_version")) {
            return result.next() ? result.getInt(1) : 0;
        }
    }

    /** Whether somebody else's tables are in the file: those are not ours to add to. */
    static boolean isForeign(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
                                + " AND name NOT LIKE 'flyway_%'")) {
            return version(source) == 0 && result.next() && result.getInt(1) > 0;
        }
    }

    /**
     * Migrates under a lock: the migration library does not keep two processes apart on SQLite.
     *
     * @throws FlywayException where a migration fails
     */
    // One thread of this JVM at a time, since a file lock is the whole JVM's.
    static synchronized void migrate(Path file, DataSource source) throws IOException, SQLException {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            if (lock.isValid() && version(source) < VERSION) {
                if (isForeign(source)) {
                    throw StoreProblem.foreign(file);
                }
                Flyway.configure(Schema.class.getClassLoader())
                        .dataSource(source)
                        .locations(MIGRATIONS)
                        .load()
                        .migrate();
            }
        }
    }
}
