// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;

/** Runs each piece of work in one transaction on a connection of its own, and names what fails. Any thread. */
final class Transactions {

    private final Database database;
    private final Jdbi jdbi;

    Transactions(Database database) {
        this.database = database;
        this.jdbi = Jdbi.create(database.source());
    }

    <T> T in(Function<Handle, T> work) {
        try {
            return jdbi.<T, RuntimeException>inTransaction(work::apply);
        } catch (JdbiException e) {
            throw StoreProblem.of(database, e);
        }
    }

    void run(Consumer<Handle> work) {
        in(handle -> {
            work.accept(handle);
            return true;
        });
    }

    Database database() {
        return database;
    }
}
