// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.attach.AttachedJvm;
import dev.metalloc.launcher.attach.RunningProcess;
import dev.metalloc.launcher.attach.SessionState;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code detach}: ends the recording of a running JVM and takes the hooks out. */
@Command(
        name = "detach",
        description = "End the recording of a running JVM now: write the profile, take the hooks out.")
public final class DetachCommand implements Runnable {

    private final Surroundings surroundings;

    @Parameters(paramLabel = "PID", description = "The JVM's process.")
    private long processId;

    public DetachCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        try (AttachedJvm jvm = AttachedJvm.to(RunningProcess.jvm(processId))) {
            SessionState state = jvm.load(AgentOptions.detach(surroundings));
            if (state.kind() != SessionState.Kind.ENDED) {
                throw CommandFailure.failed("process " + processId + ": " + state.text());
            }
            surroundings.tell(state.text());
        }
    }
}
