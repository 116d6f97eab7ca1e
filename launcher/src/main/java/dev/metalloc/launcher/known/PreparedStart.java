// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * How an application is to be started.
 *
 * @param plan the plan to start it with; empty where it is started untouched
 * @param cache where the agent may keep what it prepares
 * @param reason why it is started untouched; empty where it is not
 * @param notice what is to be told of a start by a plan; empty for nothing
 * @param runs the name under which the marks of its runs are kept; empty for an untouched start
 * @param isRepeatable whether the same files lead to the same start: not where something failed, which may go well again
 * @param explanation which rule won and why, one line each
 */
public record PreparedStart(
        Optional<Path> plan,
        Path cache,
        String reason,
        String notice,
        String runs,
        boolean isRepeatable,
        List<String> explanation) {

    public PreparedStart {
        explanation = List.copyOf(explanation);
    }

    static PreparedStart left(Path cache, String reason, List<String> explanation) {
        return new PreparedStart(Optional.empty(), cache, reason, "", "", true, explanation);
    }

    static PreparedStart failed(Path cache, String reason, List<String> explanation) {
        return new PreparedStart(Optional.empty(), cache, reason, "", "", false, explanation);
    }
}
