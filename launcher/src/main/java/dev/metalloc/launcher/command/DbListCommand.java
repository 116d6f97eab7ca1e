// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.store.AppSummary;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code db list}: the applications known, one a line. */
@Command(name = "list", description = "List the applications known.")
public final class DbListCommand implements Runnable {

    private final Surroundings surroundings;

    public DbListCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        KnownApplications known = KnownApplications.open(surroundings);
        for (AppSummary app : known.list()) {
            surroundings
                    .out()
                    .printf(
                            Locale.ROOT,
                            "%s\tprofiles=%d\t%s%n",
                            app.app(),
                            app.profileCount(),
                            policy(known.policy(app.app())));
        }
    }

    private static String policy(Optional<Policy> policy) {
        return policy.map(found -> "policy=" + found.version() + " of "
                        + Instant.ofEpochMilli(found.createdEpochMillis()).truncatedTo(ChronoUnit.SECONDS))
                .orElse("policy=none");
    }
}
