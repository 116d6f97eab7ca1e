// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.policy.store.StoredPolicy;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** A stored policy in one line. */
final class PolicyLine {

    private static final int WHOLE = 100;

    private PolicyLine() {}

    static String of(StoredPolicy stored) {
        StringBuilder line = new StringBuilder("policy ");
        line.append(stored.policy().version());
        line.append(": ").append(stored.state().name().toLowerCase(Locale.ROOT));
        if (stored.withdrawn()) {
            line.append(", withdrawn");
        }
        if (stored.sharePercent() != WHOLE) {
            line.append(", for ").append(stored.sharePercent()).append(" % of the instances");
        }
        line.append(", of ")
                .append(Instant.ofEpochMilli(stored.policy().createdEpochMillis())
                        .truncatedTo(ChronoUnit.SECONDS));
        return line.append(", from ").append(stored.policy().provenance()).toString();
    }
}
