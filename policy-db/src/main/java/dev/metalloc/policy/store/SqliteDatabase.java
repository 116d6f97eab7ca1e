// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.sqlite.BusyHandler;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConnection;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;

/** One SQLite file in WAL mode, for the processes of one machine. */
final class SqliteDatabase implements Database {

    // A file lock is the whole JVM's, so threads need one of their own.
    private static final ReentrantLock MIGRATING = new ReentrantLock();

    private final Path file;
    private final DataSource source;

    SqliteDatabase(Path file) {
        this.file = file;
        SQLiteConfig config = new SQLiteConfig();
        // Durable at checkpoints: a power cut may take the last transactions, a killed process none.
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        // Taking the write lock at the start: a transaction that reads first could not wait for it later.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        SQLiteDataSource sqlite = new PatientSource(config);
        sqlite.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
        this.source = sqlite;
    }

    void createFolder() throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        if (folder != null) {
            Files.createDirectories(folder);
        }
    }

    @Override
    public DataSource source() {
        return source;
    }

    @Override
    public String name() {
        return file.toString();
    }

    @Override
    public boolean hasTable(Connection connection, String table) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?")) {
            statement.setString(1, table);
            try (ResultSet result = statement.executeQuery()) {
                return result.next();
            }
        }
    }

    @Override
    public boolean isForeign(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet result =
                        statement.executeQuery("SELECT count(*) FROM sqlite_master WHERE name NOT LIKE 'sqlite_%'"
                                + " AND name NOT LIKE 'flyway_%'")) {
            return result.next() && result.getInt(1) > 0;
        }
    }

    @Override
    public Map<String, String> types() {
        return Map.of("id", "INTEGER PRIMARY KEY", "bytes", "BLOB");
    }

    /** The migration library does not keep two processes apart on SQLite. */
    @Override
    public void exclusively(Migration migration) throws Exception {
        Path lockFile = file.resolveSibling(file.getFileName() + ".lock");
        MIGRATING.lock();
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assert lock.isValid();
            useWriteAheadLog();
            migration.run();
        } finally {
            MIGRATING.unlock();
        }
    }

    // Once, since the file keeps the mode; at every opening it could meet another process's lock.
    private void useWriteAheadLog() throws SQLException {
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("PRAGMA journal_mode = WAL");
        }
    }

    @Override
    public void lockPolicies(Handle handle, String app) {
        // Every transaction holds the file's write lock from its start.
    }

    @Override
    public String problem(SQLException failure) {
        return switch (SQLiteErrorCode.getErrorCode(failure.getErrorCode() & 0xff)) {
            case SQLITE_NOTADB, SQLITE_CORRUPT -> "is damaged or no metalloc store (move it away; a new one is made)";
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
                "cannot be written (check the rights of the file and its folder, or set METALLOC_HOME)";
            case SQLITE_BUSY, SQLITE_LOCKED -> "another process held it for too long (try again)";
            case SQLITE_FULL, SQLITE_IOERR -> "the disk is full or failing (free some space, then try again)";
            default ->
                "cannot be used: " + StoreProblem.firstLine(failure) + " (check the file; move it away to start anew)";
        };
    }

    /** Connections that wait their turn. */
    private static final class PatientSource extends SQLiteDataSource {

        PatientSource(SQLiteConfig config) {
            super(config);
        }

        @Override
        public SQLiteConnection getConnection(String user, String password) throws SQLException {
            SQLiteConnection connection = super.getConnection(user, password);
            BusyHandler.setHandler(connection, new EvenWait());
            return connection;
        }
    }

    /**
     * Asks again every few milliseconds however long it has waited: many JVMs may end at once, each adding its profile, and
     * SQLite's own handler, which asks ever less often, lets the last to come in first.
     */
    private static final class EvenWait extends BusyHandler {

        private static final long MOST_NANOS = 60_000_000_000L;
        private static final long LEAST_PAUSE_NANOS = 2_000_000L;
        private static final long MOST_PAUSE_NANOS = 6_000_000L;

        private long since;

        @Override
        protected int callback(int askedBefore) {
            long now = System.nanoTime();
            if (askedBefore == 0) {
                since = now;
            }
            if (now - since > MOST_NANOS) {
                return 0;
            }
            LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(LEAST_PAUSE_NANOS, MOST_PAUSE_NANOS));
            return 1;
        }
    }
}
