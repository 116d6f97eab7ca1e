// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteErrorCode;

/** Says in one line what a failure of the database means, and what to do. */
final class StoreProblem {

    private StoreProblem() {}

    static PolicyStoreException of(Path file, Throwable failure) {
        return new PolicyStoreException(file + ": " + text(failure), failure);
    }

    static PolicyStoreException newer(Path file, int version) {
        return new PolicyStoreException(
                file + ": its schema " + version + " is newer than " + Schema.VERSION
                        + " (update metalloc, or use another METALLOC_HOME)",
                null);
    }

    static PolicyStoreException foreign(Path file) {
        return new PolicyStoreException(
                file + ": not a metalloc store but another program's database (use another METALLOC_HOME)", null);
    }

    private static String text(Throwable failure) {
        @Nullable SQLException sql = sqlCause(failure);
        if (sql == null) {
            return "cannot be used: " + firstLine(failure) + " (check the folder and its rights)";
        }
        return switch (SQLiteErrorCode.getErrorCode(sql.getErrorCode() & 0xff)) {
            case SQLITE_NOTADB, SQLITE_CORRUPT -> "is damaged or no metalloc store (move it away; a new one is made)";
            case SQLITE_READONLY, SQLITE_CANTOPEN, SQLITE_PERM ->
                "cannot be written (check the rights of the file and its folder, or set METALLOC_HOME)";
            case SQLITE_BUSY, SQLITE_LOCKED -> "another process held it for too long (try again)";
            case SQLITE_FULL, SQLITE_IOERR -> "the disk is full or failing (free some space, then try again)";
            default -> "cannot be used: " + firstLine(sql) + " (check the file; move it away to start anew)";
        };
    }

    private static @Nullable SQLException sqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    private static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
