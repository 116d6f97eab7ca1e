// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.classifier.Objective;
import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.known.Calibrations;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.launcher.known.PlanPreparation;
import dev.metalloc.launcher.known.PolicyChoice;
import dev.metalloc.launcher.known.PolicySources;
import dev.metalloc.launcher.known.PreparedStart;
import dev.metalloc.launcher.known.ProfiledRuns;
import dev.metalloc.launcher.known.Recommendations;
import dev.metalloc.launcher.known.RecommendedPolicy;
import dev.metalloc.launcher.known.StrictSeeds;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.identity.AppIdentity;
import dev.metalloc.profiler.api.ProfileMode;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;

/** {@code auto}: profiles what it does not know, and runs what it knows with its policy. */
@Command(
        name = "auto",
        customSynopsis = "metalloc auto -- java …",
        description = "Profile an application the first time, run it with its policy afterwards.")
public final class AutoCommand implements Runnable {

    private final Surroundings surroundings;
    private final List<String> application;

    public AutoCommand(Surroundings surroundings, List<String> application) {
        this.surroundings = surroundings;
        this.application = application;
    }

    @Override
    public void run() {
        ApplicationLine line = new ApplicationLine(surroundings, application);
        MetallocHome home = MetallocHome.of(surroundings);
        AppIdentity identity = Identities.of(null, line, surroundings);
        String app = identity.name();
        Starts starts = new Starts(surroundings);
        if (identity.isNone()) {
            starts.untouched(
                    line, new PlanPreparation(surroundings).ofNoApplication().reason());
            return;
        }
        Optional<Policy> policy;
        try {
            policy = knownOrRecommended(app);
        } catch (CommandFailure e) {
            starts.untouched(line, String.valueOf(e.getMessage()));
            return;
        }
        if (policy.isPresent()) {
            PolicyChoice choice =
                    new StrictSeeds(surroundings, line.classPath()).observed(new PolicyChoice(policy, List.of()));
            PreparedStart start = new PlanPreparation(surroundings).prepared(app, () -> choice);
            new PolicyRun(surroundings).start(line, app, start, false, true);
        } else if (line.takesAgent()) {
            surroundings.tell("nothing known of " + app + " yet: profiling it");
            starts.profiled(line, home.prepared(), identity, ProfileMode.SAMPLED, null, null);
        } else {
            starts.untouched(line, line.refusal());
        }
    }

    private Optional<Policy> knownOrRecommended(String app) {
        Optional<Policy> own = new PolicySources(surroundings).own(app).policy();
        if (own.isPresent()) {
            return own;
        }
        KnownApplications known = KnownApplications.open(surroundings);
        return known.runs(app).map(runs -> known.keep(recommended(runs)));
    }

    /** With the costs at hand: nobody waits for a calibration who only wants to start an application. */
    private Policy recommended(ProfiledRuns runs) {
        return RecommendedPolicy.of(
                Recommendations.of(runs, new Calibrations(surroundings).costs(), Objective.TIME),
                System.currentTimeMillis());
    }
}
