// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;

/** What differs between the databases a store can be in; everything else is the same SQL. Any thread. */
interface Database {

    DataSource source();

    /** Names the database in messages: a file, or a server without its password. */
    String name();

    /** Whether the connection's schema has a table of this name. */
    boolean hasTable(Connection connection, String table) throws SQLException;

    /** Whether somebody else's tables are where ours would be. */
    boolean isForeign(Connection connection) throws SQLException;

    /** The types that have no common name, by placeholder. */
    Map<String, String> types();

    /** Runs the migration, one process at a time. */
    void exclusively(Migration migration) throws Exception;

    /** Until the end of the transaction nobody else makes a policy version of this application. */
    void lockPolicies(Handle handle, String app);

    /** Says in one line what a failure means and what to do. */
    String problem(SQLException failure);

    /** Brings the tables to the newest version. */
    @FunctionalInterface
    interface Migration {
        void run() throws Exception;
    }
}
