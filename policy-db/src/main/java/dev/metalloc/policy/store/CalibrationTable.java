// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.util.Optional;

/** What this and other machines measured their allocators to cost. Any thread, any number of processes. */
public final class CalibrationTable {

    private final Transactions transactions;

    CalibrationTable(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Keeps a machine's newest measurement, in the classifier's own text form. */
    public void save(String host, String javaVersion, long measuredEpochMillis, String text) {
        transactions.run(handle -> handle.createUpdate("""
                        INSERT INTO calibration (host, java_version, measured_millis, text)
                        VALUES (:host, :java, :measured, :text)
                        ON CONFLICT (host, java_version)
                        DO UPDATE SET measured_millis = excluded.measured_millis, text = excluded.text
                        WHERE calibration.measured_millis <= excluded.measured_millis
                        """)
                .bind("host", host)
                .bind("java", javaVersion)
                .bind("measured", measuredEpochMillis)
                .bind("text", text)
                .execute());
    }

    /** The newest measurement of a machine under a Java version. */
    public Optional<String> find(String host, String javaVersion) {
        return transactions.in(
                handle -> handle.createQuery("SELECT text FROM calibration WHERE host = :host AND java_version = :java")
                        .bind("host", host)
                        .bind("java", javaVersion)
                        .mapTo(String.class)
                        .findOne());
    }
}
