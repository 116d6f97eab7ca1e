// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.known.PreparedStart;

/** Starts an application as it was prepared, or untouched where the JVM cannot load the agent. */
final class PolicyRun {

    private final Surroundings surroundings;
    private final Starts starts;

    PolicyRun(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.starts = new Starts(surroundings);
    }

    /** @param fromArchive whether an archive of the JDK's classes is wanted */
    void start(ApplicationLine line, String app, PreparedStart prepared, boolean fromArchive) {
        if (prepared.plan().isEmpty()) {
            starts.untouched(line, prepared.reason());
            return;
        }
        if (!line.takesAgent()) {
            starts.untouched(line, line.refusal());
            return;
        }
        if (!prepared.notice().isEmpty()) {
            surroundings.tell(prepared.notice());
        }
        if (fromArchive) {
            starts.dispatchedFromArchive(line, app, prepared.plan().get(), prepared.cache());
        } else {
            starts.dispatched(line, app, prepared.plan().get(), prepared.cache());
        }
    }
}
