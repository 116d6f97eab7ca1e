// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.store;

import java.util.Optional;

/** What allocators were measured to cost, by CPU and JDK. Any thread, any number of processes. */
public final class CalibrationTable {

    private final Transactions transactions;

    CalibrationTable(Transactions transactions) {
        this.transactions = transactions;
    }

    /** Keeps the newest measurement, in the classifier's own text form. */
    public void save(String cpu, String javaVersion, long measuredEpochMillis, String text) {
        transactions.run(handle -> handle.createUpdate("""
                        INSERT INTO calibration (cpu, java_version, measured_millis, text)
                        VALUES (:cpu, :java, :measured, :text)
                        ON CONFLICT (cpu, java_version)
                        DO UPDATE SET measured_millis = excluded.measured_millis, text = excluded.text
                        WHERE calibration.measured_millis <= excluded.measured_millis
                        """)
                .bind("cpu", cpu)
                .bind("java", javaVersion)
                .bind("measured", measuredEpochMillis)
                .bind("text", text)
                .execute());
    }

    /** The newest measurement on such a CPU under a Java version. */
    public Optional<String> find(String cpu, String javaVersion) {
        return transactions.in(
                handle -> handle.createQuery("SELECT text FROM calibration WHERE cpu = :cpu AND java_version = :java")
                        .bind("cpu", cpu)
                        .bind("java", javaVersion)
                        .mapTo(String.class)
                        .findOne());
    }
}
