// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.policy.store.PolicyState;
import dev.metalloc.policy.store.PolicyTable;
import dev.metalloc.policy.store.StoredPolicy;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code db rollout}: who uses which of an application's policies. */
@Command(name = "rollout", description = "Approve, pin, share out or take back an application's policy.")
public final class DbRolloutCommand implements Runnable {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "APP", description = "The application's name, as db list prints it.")
    private String app = "";

    @Option(names = "--version", paramLabel = "N", description = "Which version (default: the newest not withdrawn).")
    private @Nullable Integer version;

    @ArgGroup(multiplicity = "1")
    private Step step = new Step();

    /** What is to be done; one of these. */
    static final class Step {

        @Option(names = "--approve", description = "Use it; from now on drafts wait for approval.")
        private boolean approve;

        @Option(names = "--pin", description = "Use it everywhere, whatever newer ones there are.")
        private boolean pin;

        @Option(names = "--unpin", description = "Let newer ones take its place again.")
        private boolean unpin;

        @Option(names = "--share", paramLabel = "PERCENT", description = "Use it on so many of a hundred instances.")
        private @Nullable Integer sharePercent;

        @Option(names = "--back", description = "Take it back: the one before is used.")
        private boolean back;
    }

    public DbRolloutCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        KnownApplications known = KnownApplications.open(surroundings);
        PolicyTable policies = known.store().policies();
        int chosen = version == null ? newest(policies) : version;
        if (!done(policies, chosen)) {
            throw CommandFailure.failed("no policy " + chosen + " of " + app + " (see metalloc db show " + app + ")");
        }
        policies.all(app).forEach(policy -> surroundings.out().println(PolicyLine.of(policy)));
        surroundings.out().println("here: " + known.rollout(app).reason());
    }

    private boolean done(PolicyTable policies, int chosen) {
        if (step.sharePercent != null) {
            int share = step.sharePercent;
            if (share < 0 || share > 100) {
                throw CommandFailure.badUsage("--share takes 0 to 100, not " + share);
            }
            return policies.setShare(app, chosen, share);
        }
        if (step.back) {
            return policies.withdraw(app, chosen);
        }
        if (step.approve || step.unpin) {
            return policies.setState(app, chosen, PolicyState.APPROVED);
        }
        return step.pin && policies.setState(app, chosen, PolicyState.PINNED);
    }

    /** Of the pinned where one is to be unpinned or taken back, since that is the one in use. */
    private int newest(PolicyTable policies) {
        List<StoredPolicy> standing =
                policies.all(app).stream().filter(policy -> !policy.withdrawn()).toList();
        Optional<StoredPolicy> pinned = standing.stream()
                .filter(policy -> policy.state() == PolicyState.PINNED)
                .findFirst();
        Optional<StoredPolicy> found = (step.unpin || step.back) && pinned.isPresent()
                ? pinned
                : standing.stream().findFirst();
        return found.map(policy -> policy.policy().version())
                .orElseThrow(() ->
                        CommandFailure.failed("no policy of " + app + " is in use (see metalloc db show " + app + ")"));
    }
}
