// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import dev.metalloc.policy.PolicyFormatException;
import dev.metalloc.policy.PolicyToml;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads an application's policies with nothing but JDBC.
 *
 * <p>Apart from {@link PolicyTable} because an application waits for this one to start: the mapping library takes some
 * tenths of a second to load, the query a millisecond.
 */
public final class PolicyReader {

    private PolicyReader() {}

    /**
     * All policies of the application, newest first; none where there is no store yet, and none is made.
     *
     * @throws PolicyStoreException where the store cannot be used, or is newer than this version
     */
    public static List<StoredPolicy> read(StoreLocation location, String app) {
        if (location.file().isPresent() && !location.file().get().toFile().exists()) {
            return List.of();
        }
        Database database = location.database();
        try (Connection connection = database.source().getConnection()) {
            int version = Schema.version(database, connection);
            if (version > Schema.VERSION) {
                throw StoreProblem.newer(database, version);
            }
            if (version < Schema.VERSION) {
                return PolicyStore.open(location).policies().all(app);
            }
            return read(database, connection, app);
        } catch (SQLException e) {
            throw StoreProblem.of(database, e);
        }
    }

    static List<StoredPolicy> read(Database database, Connection connection, String app) throws SQLException {
        List<StoredPolicy> policies = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(
                "SELECT state, share_percent, withdrawn, toml" + " FROM policy WHERE app = ? ORDER BY version DESC")) {
            statement.setString(1, app);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    policies.add(policy(database, app, row));
                }
            }
        }
        return policies;
    }

    private static StoredPolicy policy(Database database, String app, ResultSet row) throws SQLException {
        try {
            return new StoredPolicy(
                    PolicyToml.parse(row.getString("toml"), database.name() + ": policy of " + app),
                    PolicyState.valueOf(row.getString("state")),
                    row.getInt("share_percent"),
                    row.getInt("withdrawn") != 0);
        } catch (PolicyFormatException e) {
            throw new PolicyStoreException(String.valueOf(e.getMessage()), e);
        }
    }
}
