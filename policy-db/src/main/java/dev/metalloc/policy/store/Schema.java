// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** Brings the tables of a store to the newest version, once, whoever opens it first. */
final class Schema {

    /** The newest migration there is. */
    static final int VERSION = 3;

    private static final String MIGRATIONS = "classpath:dev/metalloc/policy/store/migration";
    private static final String HISTORY = "flyway_schema_history";

    private Schema() {}

    /** The newest migration that was applied; 0 where there are no tables yet. */
    static int version(Database database) throws SQLException {
        try (Connection connection = database.source().getConnection()) {
            return version(database, connection);
        }
    }

    static int version(Database database, Connection connection) throws SQLException {
        return database.hasTable(connection, HISTORY) ? version(connection) : 0;
    }

    // Read here and not through the migration library, which takes over a second to start.
    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(
                        "SELECT version FROM " + HISTORY + " WHERE version IS NOT NULL AND success")) {
            int newest = 0;
            while (result.next()) {
                newest = Math.max(newest, Integer.parseInt(result.getString(1)));
            }
            return newest;
        }
    }

    /** Makes the tables, or changes older ones; leaves what is newer or not ours as it is. */
    static void update(Database database) throws Exception {
        int version = version(database);
        if (version < VERSION) {
            database.exclusively(() -> migrate(database));
        } else if (version > VERSION) {
            throw StoreProblem.newer(database, version);
        }
    }

    private static void migrate(Database database) throws SQLException {
        // Asked again: another process may have been at it while this one waited.
        int version = version(database);
        if (version >= VERSION) {
            return;
        }
        if (version == 0 && isForeign(database)) {
            throw StoreProblem.foreign(database);
        }
        FluentConfiguration configuration = Flyway.configure(Schema.class.getClassLoader())
                .dataSource(database.source())
                .locations(MIGRATIONS)
                .placeholders(database.types())
                // A comment corrected in an old migration must not lock anybody out of a store.
                .validateOnMigrate(false);
        if (database instanceof PostgresDatabase server) {
            configuration.schemas(server.schema());
        }
        configuration.load().migrate();
    }

    private static boolean isForeign(Database database) throws SQLException {
        try (Connection connection = database.source().getConnection()) {
            return database.isForeign(connection);
        }
    }
}
