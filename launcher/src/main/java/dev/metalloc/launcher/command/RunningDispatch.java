// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.attach.AttachedJvm;
import dev.metalloc.launcher.attach.LentFile;
import dev.metalloc.launcher.attach.RunningProcess;
import dev.metalloc.launcher.attach.SessionState;
import dev.metalloc.launcher.known.PreparedStart;
import java.nio.file.Path;

/** Has a JVM that runs already take its new blocks from a policy's allocators. */
final class RunningDispatch {

    private final Surroundings surroundings;

    RunningDispatch(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** Fails where there is nothing to dispatch by: unlike a start, nobody's application waits for it. */
    void start(RunningProcess process, String app, PreparedStart prepared) {
        Path plan = prepared.plan()
                .orElseThrow(() -> CommandFailure.failed(
                        "process " + process.processId() + ": " + prepared.reason() + " (it stays untouched)"));
        try (AttachedJvm jvm = AttachedJvm.to(process);
                LentFile lent = LentFile.to(process, plan)) {
            SessionState state = jvm.load(AgentOptions.attachedRun(surroundings, app, lent.file(), prepared.cache()));
            if (state.kind() != SessionState.Kind.DISPATCHING) {
                throw CommandFailure.failed("process " + process.processId() + ": " + state.text());
            }
        }
        if (!prepared.notice().isEmpty()) {
            surroundings.tell(prepared.notice());
        }
        surroundings.tell("process " + process.processId() + " takes new blocks as its policy says (metalloc detach "
                + process.processId() + " ends it)");
    }
}
