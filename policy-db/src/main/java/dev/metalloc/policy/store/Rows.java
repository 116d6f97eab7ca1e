// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.statement.StatementContext;

/** Rows of the store as records, and the queries that are longer than a line. */
final class Rows {

    static final String PROFILE_COLUMNS =
            "id, app, app_version, role, recorded_millis, duration_nanos, host, java_version,"
                    + " weight, allocate_count, free_count, sha256, length(bytes) AS byte_size";

    static final String OLD_PROFILES = """
            SELECT id FROM (
                SELECT id, recorded_millis,
                       row_number() OVER (PARTITION BY app, app_version, role ORDER BY recorded_millis DESC, id DESC) AS age
                FROM profile
            ) AS ranked WHERE age > :keep AND recorded_millis < :before""";

    private static final String SUMMARIES = """
            SELECT app, sum(profiles) AS profiles, sum(policies) AS policies, max(seen) AS last_seen FROM (
                SELECT app, count(*) AS profiles, 0 AS policies, max(recorded_millis) AS seen FROM profile %1$s GROUP BY app
                UNION ALL
                SELECT app, 0, count(*), max(created_millis) FROM policy %1$s GROUP BY app
            ) AS part GROUP BY app""";

    static final String ALL_SUMMARIES = String.format(SUMMARIES, "") + " ORDER BY last_seen DESC, app";
    static final String ONE_SUMMARY = String.format(SUMMARIES, "WHERE app = :app");

    private Rows() {}

    static StoredProfile profile(ResultSet row, StatementContext context) throws SQLException {
        return new StoredProfile(
                row.getLong("id"),
                row.getString("app"),
                new ProfileMeta(
                        row.getLong("recorded_millis"),
                        row.getLong("duration_nanos"),
                        row.getString("host"),
                        row.getString("java_version"),
                        new ProfileLabels(row.getString("app_version"), row.getString("role")),
                        row.getDouble("weight"),
                        row.getLong("allocate_count"),
                        row.getLong("free_count")),
                row.getString("sha256"),
                row.getLong("byte_size"));
    }

    static ProfileGroup group(ResultSet row, StatementContext context) throws SQLException {
        return new ProfileGroup(
                new ProfileLabels(row.getString("app_version"), row.getString("role")),
                row.getLong("profiles"),
                row.getLong("hosts"),
                row.getLong("newest"),
                row.getLong("oldest"));
    }

    static AppSummary summary(ResultSet row, StatementContext context) throws SQLException {
        return new AppSummary(
                row.getString("app"), row.getLong("profiles"), row.getLong("policies"), row.getLong("last_seen"));
    }
}
