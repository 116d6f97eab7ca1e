// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.AgentOption;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.jvm.ClassArchive;
import dev.metalloc.launcher.jvm.CommandLineFile;
import dev.metalloc.policy.identity.AppIdentity;
import dev.metalloc.profiler.api.ProfileMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The three ways an application is started: recorded, dispatched, untouched. */
final class Starts {

    private final Surroundings surroundings;

    Starts(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /**
     * Recorded; fails where the JVM cannot load the agent, because a profile was asked for.
     *
     * @param requestedOutput null for a file in the home
     * @param trace null for none
     */
    void profiled(
            ApplicationLine line,
            MetallocHome home,
            AppIdentity identity,
            ProfileMode mode,
            @Nullable Path requestedOutput,
            @Nullable Path trace) {
        if (!line.takesAgent()) {
            throw CommandFailure.failed(line.refusal() + ", and cannot be profiled (start it with a newer JDK)");
        }
        String app = identity.name();
        Path output = requestedOutput != null
                ? requestedOutput
                : ProfileFile.in(
                        home.profiles(), app, LocalDateTime.now(ZoneId.systemDefault()), surroundings.processId());
        line.jvmReplacement().ifPresent(surroundings::tell);
        line.archiveNote().ifPresent(surroundings::tell);
        AgentOption option = AgentOptions.profile(surroundings, home, identity, mode, output);
        if (trace != null) {
            option.with("trace", trace);
        }
        CommandLineFile.handOver(surroundings, line.with(option));
    }

    void dispatched(ApplicationLine line, AgentOption agent) {
        line.jvmReplacement().ifPresent(surroundings::tell);
        line.archiveNote().ifPresent(surroundings::tell);
        CommandLineFile.handOver(surroundings, line.with(agent));
    }

    /** Dispatched, with an archive of the JDK's classes that is made now where there is none yet. */
    void dispatchedFromArchive(ApplicationLine line, AgentOption agent, Path cache) {
        Optional<ClassArchive> archive = line.classArchive(agent, cache);
        if (archive.isEmpty()) {
            surroundings.tell("no archive suits this command line: starting without");
            dispatched(line, agent);
            return;
        }
        line.jvmReplacement().ifPresent(surroundings::tell);
        if (!archive.get().isTried()) {
            make(archive.get());
        }
        CommandLineFile.handOver(surroundings, line.with(agent, archive.get()));
    }

    private void make(ClassArchive archive) {
        surroundings.tell("preparing faster starts of this JVM (some seconds, once)");
        try {
            archive.make();
        } catch (IOException e) {
            surroundings.tell("no archive could be made, starts stay as they are: " + e.getMessage());
        }
    }

    /** As if we were not there, apart from one line that says why. */
    void untouched(ApplicationLine line, String reason) {
        surroundings.tell(reason + ": starting it untouched");
        CommandLineFile.handOver(surroundings, line.untouched());
    }
}
