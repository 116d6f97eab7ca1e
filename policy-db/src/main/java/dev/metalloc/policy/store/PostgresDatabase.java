// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL server, for a fleet; our tables are in a schema of their own, {@code metalloc} where the URL names none. */
final class PostgresDatabase implements Database {

    static final String URL_PREFIX = "jdbc:postgresql:";

    private static final String SCHEMA = "metalloc";
    private static final int CONNECT_TIMEOUT_SECONDS = 5;
    // Longer than any statement of ours takes, so that only a server that went away is given up.
    private static final int ANSWER_TIMEOUT_SECONDS = 60;

    private final PGSimpleDataSource source = new PGSimpleDataSource();
    private final String name;

    /** @throws IllegalArgumentException where the URL cannot be read */
    PostgresDatabase(String url) {
        this.name = withoutSecrets(url);
        source.setConnectTimeout(CONNECT_TIMEOUT_SECONDS);
        source.setSocketTimeout(ANSWER_TIMEOUT_SECONDS);
        source.setApplicationName("metalloc");
        source.setUrl(url);
        if (source.getCurrentSchema() == null) {
            source.setCurrentSchema(SCHEMA);
        }
    }

    /** The URL up to its parameters, which may hold a password, and without a user before the host. */
    private static String withoutSecrets(String url) {
        int parameters = url.indexOf('?');
        String place = parameters < 0 ? url : url.substring(0, parameters);
        return place.replaceFirst("//[^/]*@", "//");
    }

    String schema() {
        String schema = source.getCurrentSchema();
        return schema == null ? SCHEMA : schema;
    }

    @Override
    public DataSource source() {
        return source;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public boolean hasTable(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = ?")) {
            statement.setString(1, table);
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    /** Whether the schema named in the URL holds what is not ours. */
    @Override
    public boolean isForeign(Connection connection) throws SQLException {
        return hasTable(connection, "profile") || hasTable(connection, "policy");
    }

    @Override
    public Map<String, String> types() {
        return Map.of("id", "BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY", "bytes", "BYTEA");
    }

    /** The migration library asks for its own lock once a second and gives up; where many JVMs end at once that is too few. */
    @Override
    public void exclusively(Migration migration) throws Exception {
        try (Connection connection = source.getConnection();
                PreparedStatement statement =
                        connection.prepareStatement("SELECT pg_advisory_lock(hashtextextended(?, 0))")) {
            statement.setString(1, "metalloc migration of " + schema());
            statement.execute();
            migration.run(); // the lock ends with the connection
        }
    }

    @Override
    public void lockPolicies(Handle handle, String app) {
        handle.createQuery("SELECT 1 FROM (SELECT pg_advisory_xact_lock(hashtextextended(:app, 0))) AS locked")
                .bind("app", app)
                .mapTo(int.class)
                .list();
    }

    @Override
    public String problem(SQLException failure) {
        String state = String.valueOf(failure.getSQLState());
        if (state.startsWith("08") || state.startsWith("57P")) {
            return "the server does not answer (start it, or check METALLOC_DB)";
        }
        if (state.startsWith("28")) {
            return "the server refuses this user (check user and password in METALLOC_DB)";
        }
        if (state.equals("3D000")) {
            return "there is no such database (create it, or check METALLOC_DB)";
        }
        if (state.equals("42501")) {
            return "this user may not do that: " + StoreProblem.firstLine(failure) + " (grant it the right)";
        }
        if (state.startsWith("53")) {
            return "the server is out of resources: " + StoreProblem.firstLine(failure) + " (try again later)";
        }
        return "cannot be used: " + StoreProblem.firstLine(failure) + " (check the server)";
    }
}
