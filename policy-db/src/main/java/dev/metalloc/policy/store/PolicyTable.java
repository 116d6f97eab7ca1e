// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyToml;
import java.sql.SQLException;
import java.util.List;
import java.util.Optional;

/** The policies of a store. Any thread, any number of processes; each operation is one transaction. */
public final class PolicyTable {

    private final Transactions transactions;

    PolicyTable(Transactions transactions) {
        this.transactions = transactions;
    }

    /**
     * Stores a policy as the application's next version, for all instances, and returns it with that version.
     *
     * @throws IllegalArgumentException where the application's name cannot be stored
     */
    public Policy save(Policy policy, PolicyState state) {
        StoredText.requireApp(policy.app());
        return transactions.in(handle -> {
            transactions.database().lockPolicies(handle, policy.app());
            int version = handle.createQuery("SELECT coalesce(max(version), 0) + 1 FROM policy WHERE app = :app")
                    .bind("app", policy.app())
                    .mapTo(int.class)
                    .one();
            Policy saved = policy.withVersion(version);
            handle.createUpdate("""
                            INSERT INTO policy (app, version, created_millis, state, toml)
                            VALUES (:app, :version, :created, :state, :toml)
                            """)
                    .bind("app", saved.app())
                    .bind("version", version)
                    .bind("created", saved.createdEpochMillis())
                    .bind("state", state.name())
                    .bind("toml", PolicyToml.write(saved))
                    .execute();
            return saved;
        });
    }

    /** All policies of the application, newest first. */
    public List<StoredPolicy> all(String app) {
        return transactions.in(handle -> {
            try {
                return PolicyReader.read(transactions.database(), handle.getConnection(), app);
            } catch (SQLException e) {
                throw StoreProblem.of(transactions.database(), e);
            }
        });
    }

    /** The policy that this instance uses; {@link Rollout} says how it is chosen. */
    public Optional<StoredPolicy> inUse(String app, String instance) {
        return Rollout.of(app, instance, all(app)).policy();
    }

    /** Changes the state of a policy, and takes it into use again where it was withdrawn; false where there is none. */
    public boolean setState(String app, int version, PolicyState state) {
        return transactions.in(handle -> handle.createUpdate(
                                "UPDATE policy SET state = :state, withdrawn = 0 WHERE app = :app AND version = :version")
                        .bind("state", state.name())
                        .bind("app", app)
                        .bind("version", version)
                        .execute()
                == 1);
    }

    /** Limits a policy to a share of the instances; false where there is no such policy. */
    public boolean setShare(String app, int version, int sharePercent) {
        if (sharePercent < 0 || sharePercent > 100) {
            throw new IllegalArgumentException("share: " + sharePercent + " (expected: 0 to 100 percent)");
        }
        return transactions.in(handle ->
                handle.createUpdate("UPDATE policy SET share_percent = :share WHERE app = :app AND version = :version")
                                .bind("share", sharePercent)
                                .bind("app", app)
                                .bind("version", version)
                                .execute()
                        == 1);
    }

    /** Takes a policy back; false where there is no such policy. */
    public boolean withdraw(String app, int version) {
        return transactions.in(
                handle -> handle.createUpdate("UPDATE policy SET withdrawn = 1 WHERE app = :app AND version = :version")
                                .bind("app", app)
                                .bind("version", version)
                                .execute()
                        == 1);
    }

    /**
     * Removes drafts and withdrawn policies made before a time; an application's {@code keepEach} newest versions stay
     * whatever they are.
     */
    public int prune(long beforeEpochMillis, int keepEach) {
        return transactions.in(handle -> handle.createUpdate("""
                        DELETE FROM policy WHERE created_millis < :before AND (state = 'DRAFT' OR withdrawn = 1)
                        AND (SELECT count(*) FROM policy newer WHERE newer.app = policy.app
                             AND newer.version > policy.version) >= :keep
                        """)
                .bind("before", beforeEpochMillis)
                .bind("keep", keepEach)
                .execute());
    }
}
