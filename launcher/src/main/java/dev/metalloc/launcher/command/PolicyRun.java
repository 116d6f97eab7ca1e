// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.known.PlanFile;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.plan.Plan;
import java.io.UncheckedIOException;

/** Starts an application with a policy, or untouched where the policy, the JVM or the disk leaves nothing to do. */
final class PolicyRun {

    private final MetallocHome home;
    private final Starts starts;

    PolicyRun(Surroundings surroundings, MetallocHome home) {
        this.home = home;
        this.starts = new Starts(surroundings);
    }

    void start(ApplicationLine line, String app, Policy policy) {
        Plan plan = PlanFile.compile(policy);
        if (plan.rules().isEmpty()) {
            starts.untouched(line, "the policy for " + policy.app() + " leaves all as it is");
        } else if (!line.takesAgent()) {
            starts.untouched(line, line.refusal());
        } else {
            startDispatched(line, app, plan, ProfileFile.safe(policy.app()) + "-" + policy.version());
        }
    }

    private void startDispatched(ApplicationLine line, String app, Plan plan, String name) {
        PlanFile file;
        try {
            file = PlanFile.write(plan, name, home);
        } catch (UncheckedIOException e) {
            starts.untouched(
                    line, "cannot write the plan anywhere (set METALLOC_HOME to a folder that can be written)");
            return;
        }
        starts.dispatched(line, app, file.file(), file.cache());
    }
}
