// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.policy.store.PolicyStore;
import java.time.Duration;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code db prune}: removes what is old. */
@Command(name = "prune", description = "Remove old profiles, and old drafts and withdrawn policies.")
public final class DbPruneCommand implements Runnable {

    private final Surroundings surroundings;

    @Option(
            names = "--older-than",
            paramLabel = "DAYS",
            description = "Days that all is kept (default: ${DEFAULT-VALUE}).")
    private int days = 90;

    @Option(
            names = "--keep",
            paramLabel = "N",
            description =
                    "Profiles of each version and role, and policies of each application, that stay whatever their"
                            + " age (default: ${DEFAULT-VALUE}).")
    private int keepCount = 16;

    @Option(names = "--dry-run", description = "Only say how many profiles would go.")
    private boolean dryRun;

    public DbPruneCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        if (days < 0 || keepCount < 0) {
            throw CommandFailure.badUsage("--older-than and --keep take numbers from 0 on");
        }
        PolicyStore store = KnownApplications.open(surroundings).store();
        long before = System.currentTimeMillis() - Duration.ofDays(days).toMillis();
        if (dryRun) {
            int profiles = store.profiles().countPrunable(before, keepCount);
            surroundings.out().println("would remove " + profiles + " profiles");
            return;
        }
        int profiles = store.profiles().prune(before, keepCount);
        int policies = store.policies().prune(before, keepCount);
        surroundings.out().println("removed " + profiles + " profiles and " + policies + " policies");
    }
}
