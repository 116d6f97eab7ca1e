// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.AgentOption;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.known.PreparedStart;
import dev.metalloc.launcher.known.RunHistory;
import java.io.File;
import java.nio.file.Path;
import java.util.Optional;

/** Starts an application as it was prepared, or untouched where the JVM cannot load the agent or died under that policy. */
final class PolicyRun {

    private static final String ERROR_FILE = "-XX:ErrorFile=";

    private final Surroundings surroundings;
    private final Starts starts;

    PolicyRun(Surroundings surroundings) {
        this.surroundings = surroundings;
        this.starts = new Starts(surroundings);
    }

    /**
     * Starts it.
     *
     * @param fromArchive whether an archive of the JDK's classes is wanted
     * @param isChosen whether the policy was found for the application: one that the user names is not given up
     */
    void start(ApplicationLine line, String app, PreparedStart prepared, boolean fromArchive, boolean isChosen) {
        if (prepared.plan().isEmpty()) {
            starts.untouched(line, prepared.reason());
            return;
        }
        if (!line.takesAgent()) {
            starts.untouched(line, line.refusal());
            return;
        }
        Path marks = MetallocHome.of(surroundings).runs().resolve(prepared.runs());
        Optional<String> doubt = isChosen ? doubt(line, marks) : Optional.empty();
        if (doubt.isPresent()) {
            starts.untouched(line, doubt.get());
            return;
        }
        if (!prepared.notice().isEmpty()) {
            surroundings.tell(prepared.notice());
        }
        AgentOption agent = AgentOptions.run(surroundings, app, prepared.plan().get(), prepared.cache());
        if (isChosen && isFolder(marks)) {
            agent.with("marks", marks);
        }
        if (fromArchive) {
            starts.dispatchedFromArchive(line, agent, prepared.cache());
        } else {
            starts.dispatched(line, agent);
        }
    }

    private Optional<String> doubt(ApplicationLine line, Path marks) {
        String errorFile = "";
        for (String word : line.words()) {
            if (word.startsWith(ERROR_FILE)) {
                errorFile = word.substring(ERROR_FILE.length());
            }
        }
        return new RunHistory(marks, surroundings.processId()).doubt(errorFile);
    }

    /** Made where it is missing; without it nothing is known of how runs end. */
    private static boolean isFolder(Path marks) {
        File folder = marks.toFile();
        return folder.isDirectory() || folder.mkdirs();
    }
}
