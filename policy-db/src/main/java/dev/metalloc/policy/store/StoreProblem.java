// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Says in one line what a failure of the database means, and what to do. */
final class StoreProblem {

    private StoreProblem() {}

    static PolicyStoreException of(Database database, Throwable failure) {
        if (failure instanceof PolicyStoreException told) {
            return told;
        }
        return new PolicyStoreException(database.name() + ": " + text(database, failure), failure);
    }

    static PolicyStoreException newer(Database database, int version) {
        return new PolicyStoreException(
                database.name() + ": its schema " + version + " is newer than " + Schema.VERSION
                        + " (update metalloc, or use another METALLOC_HOME)",
                null);
    }

    static PolicyStoreException foreign(Database database) {
        return new PolicyStoreException(
                database.name() + ": not a metalloc store but another program's database (use another METALLOC_HOME)",
                null);
    }

    private static String text(Database database, Throwable failure) {
        @Nullable SQLException sql = sqlCause(failure);
        return sql == null
                ? "cannot be used: " + firstLine(failure) + " (check the folder and its rights)"
                : database.problem(sql);
    }

    private static @Nullable SQLException sqlCause(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    static String firstLine(Throwable failure) {
        return String.valueOf(failure.getMessage()).lines().findFirst().orElse("");
    }
}
