// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Profiles, policies and calibrations of all applications, in one SQLite file or on one PostgreSQL server.
 *
 * <p>Any thread, and any number of processes at once: each operation is one transaction. Holds no connection between
 * operations, so there is nothing to close. Every operation throws {@link PolicyStoreException} where the database cannot
 * be used; a damaged file is never overwritten.
 */
public final class PolicyStore {

    private final Transactions transactions;
    private final ProfileTable profiles;
    private final PolicyTable policies;
    private final CalibrationTable calibrations;

    private PolicyStore(Database database) {
        this.transactions = new Transactions(database);
        this.profiles = new ProfileTable(transactions);
        this.policies = new PolicyTable(transactions);
        this.calibrations = new CalibrationTable(transactions);
    }

    /** Opens the store of a file, as {@link #open(StoreLocation)} does. */
    public static PolicyStore open(Path file) {
        return open(StoreLocation.of(file));
    }

    /** Opens the store, creating file and folder, or the server's tables, where there are none. */
    public static PolicyStore open(StoreLocation location) {
        Database database = location.database();
        try {
            if (database instanceof SqliteDatabase file) {
                file.createFolder();
            }
            Schema.update(database);
        } catch (Exception e) {
            throw StoreProblem.of(database, e);
        }
        return new PolicyStore(database);
    }

    public ProfileTable profiles() {
        return profiles;
    }

    public PolicyTable policies() {
        return policies;
    }

    public CalibrationTable calibrations() {
        return calibrations;
    }

    /** All applications, the last seen first. */
    public List<AppSummary> applications() {
        return transactions.in(handle ->
                handle.createQuery(Rows.ALL_SUMMARIES).map(Rows::summary).list());
    }

    /** One application, where the store knows it. */
    public Optional<AppSummary> application(String app) {
        return transactions.in(handle -> handle.createQuery(Rows.ONE_SUMMARY)
                .bind("app", app)
                .map(Rows::summary)
                .findOne());
    }

    /** A file, or a server without its password. */
    public String name() {
        return transactions.database().name();
    }
}
