// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import org.jdbi.v3.core.statement.StatementContext;

/** Rows of the store as records. */
final class Rows {

    static final String PROFILE_COLUMNS =
            "id, app, recorded_millis, host, java_version, allocate_count, free_count, sha256, length(bytes) AS byte_size";

    static final String SUMMARIES = """
            SELECT app, sum(profiles) AS profiles, sum(policies) AS policies, max(seen) AS last_seen FROM (
                SELECT app, count(*) AS profiles, 0 AS policies, max(recorded_millis) AS seen FROM profile GROUP BY app
                UNION ALL
                SELECT app, 0, count(*), max(created_millis) FROM policy GROUP BY app
            ) AS part GROUP BY app""";

    private Rows() {}

    static StoredProfile profile(ResultSet row, StatementContext context) throws SQLException {
        return new StoredProfile(
                row.getLong("id"),
                row.getString("app"),
                new ProfileMeta(
                        row.getLong("recorded_millis"),
                        row.getString("host"),
                        row.getString("java_version"),
                        row.getLong("allocate_count"),
                        row.getLong("free_count")),
                row.getString("sha256"),
                row.getLong("byte_size"));
    }

    static AppSummary summary(ResultSet row, StatementContext context) throws SQLException {
        return new AppSummary(
                row.getString("app"), row.getLong("profiles"), row.getLong("policies"), row.getLong("last_seen"));
    }
}
