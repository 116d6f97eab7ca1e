// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.known.PreparedStart;

/** Starts an application as it was prepared, or untouched where the JVM cannot load the agent. */
final class PolicyRun {

    private final Starts starts;

    PolicyRun(Surroundings surroundings) {
        this.starts = new Starts(surroundings);
    }

    void start(ApplicationLine line, String app, PreparedStart prepared) {
        if (prepared.plan().isEmpty()) {
            starts.untouched(line, prepared.reason());
        } else if (!line.takesAgent()) {
            starts.untouched(line, line.refusal());
        } else {
            starts.dispatched(line, app, prepared.plan().get(), prepared.cache());
        }
    }
}
