// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.workload.database;

import dev.metalloc.bench.workload.Outcome;
import dev.metalloc.bench.workload.RandomText;
import dev.metalloc.bench.workload.WorkArguments;
import dev.metalloc.bench.workload.WorkPhase;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.Optional;

/** Fills a table of an embedded database whose files are direct buffers, changes and reads it, in transactions of 1,000 rows. */
public final class DatabaseWorkload {

    private static final int ROWS_PER_TRANSACTION = 1000;

    private final long rowCount;

    private DatabaseWorkload(long rowCount) {
        this.rowCount = rowCount;
    }

    /** Arguments: {@code rows=N}, {@code result=FILE}. */
    public static void main(String[] arguments) throws Exception {
        WorkArguments values = new WorkArguments(arguments);
        long rowCount = values.number("rows", 50_000);
        Optional<Path> resultFile = values.text("result").map(Path::of);
        values.refuseOthers();
        DatabaseWorkload workload = new DatabaseWorkload(rowCount);
        WorkPhase.run(workload::work, resultFile);
    }

    private Outcome work() throws SQLException {
        long checksum = 0;
        try (Connection connection = DriverManager.getConnection("jdbc:h2:nioMemFS:documents;CACHE_SIZE=8192")) {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE document(id BIGINT PRIMARY KEY, version INT, body VARCHAR)");
            }
            insert(connection);
            update(connection);
            checksum = read(connection);
        }
        return new Outcome(checksum, 3 * rowCount, Map.of());
    }

    private void insert(Connection connection) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO document VALUES(?, 0, ?)")) {
            for (long row = 0; row < rowCount; row++) {
                insert.setLong(1, row);
                insert.setString(2, body(row));
                insert.addBatch();
                commitSometimes(connection, insert, row);
            }
        }
    }

    private void update(Connection connection) throws SQLException {
        String sql = "UPDATE document SET version = version + 1, body = ? WHERE id = ?";
        try (PreparedStatement update = connection.prepareStatement(sql)) {
            for (long row = 0; row < rowCount; row++) {
                long id = Long.remainderUnsigned(RandomText.mix(row), rowCount);
                update.setString(1, body(id + row));
                update.setLong(2, id);
                update.addBatch();
                commitSometimes(connection, update, row);
            }
        }
    }

    private void commitSometimes(Connection connection, PreparedStatement batch, long row) throws SQLException {
        if (row % ROWS_PER_TRANSACTION == ROWS_PER_TRANSACTION - 1 || row == rowCount - 1) {
            batch.executeBatch();
            connection.commit();
        }
    }

    private long read(Connection connection) throws SQLException {
        long checksum = 0;
        try (PreparedStatement select =
                connection.prepareStatement("SELECT version, body FROM document WHERE id = ?")) {
            for (long row = 0; row < rowCount; row++) {
                select.setLong(1, Long.remainderUnsigned(RandomText.mix(~row), rowCount));
                try (ResultSet found = select.executeQuery()) {
                    found.next();
                    checksum =
                            checksum * 31 + found.getInt(1) + found.getString(2).hashCode();
                }
            }
        }
        return checksum;
    }

    private static String body(long seed) {
        return RandomText.prose(seed, RandomText.between(seed, 200, 1500));
    }
}
