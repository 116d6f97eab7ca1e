// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.attach.RunningProcess;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.known.NamedPolicy;
import dev.metalloc.launcher.known.PlanPreparation;
import dev.metalloc.launcher.known.PreparedStart;
import dev.metalloc.launcher.known.StartPreparation;
import dev.metalloc.policy.identity.AppIdentity;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run}: starts the application on the allocators that its policy names. */
@Command(
        name = "run",
        customSynopsis = {
            "metalloc run [--policy FILE|APP] [--archive] -- java …",
            "metalloc run [--policy FILE|APP] --pid PID"
        },
        description = "Run an application on the allocators chosen for it.")
public final class RunCommand implements Runnable {

    private final Surroundings surroundings;
    private final List<String> application;

    @Option(
            names = "--policy",
            paramLabel = "FILE|APP",
            description = "A policy file, or whose policy to use (default: the application's own).")
    private @Nullable String policySource;

    @Option(names = "--explain", description = "Say which rule won and why before the application starts.")
    private boolean explain;

    @Option(
            names = "--archive",
            description = "Start from an archive of the JDK's classes; the first time it is made, in some seconds.")
    private boolean archive;

    @Option(
            names = "--pid",
            paramLabel = "PID",
            description =
                    "Take a JVM that runs already; metalloc detach PID has it take new blocks from the JDK again.")
    private @Nullable Long processId;

    public RunCommand(Surroundings surroundings, List<String> application) {
        this.surroundings = surroundings;
        this.application = application;
    }

    @Override
    public void run() {
        if (processId != null) {
            runAttached(processId);
            return;
        }
        ApplicationLine line = new ApplicationLine(surroundings, application);
        AppIdentity identity = Identities.of(null, line, surroundings);
        List<Path> classPath = line.classPath();
        String javaVersion = line.javaVersion();
        long askedNanos = System.nanoTime();
        PreparedStart start;
        if (policySource != null) {
            NamedPolicy named = new NamedPolicy(surroundings, policySource);
            named.requirePresent();
            start = new PlanPreparation(surroundings).prepared(identity.name(), () -> named.choice(classPath, explain));
        } else if (identity.isNone()) {
            start = new PlanPreparation(surroundings).ofNoApplication();
        } else {
            start = StartPreparation.of(surroundings, identity.name(), classPath, javaVersion);
        }
        if (explain) {
            long nanos = System.nanoTime() - askedNanos;
            start.explanation().forEach(surroundings::tell);
            surroundings.tell(String.format(Locale.ROOT, "looked up in %.1f ms", nanos / 1e6));
        }
        new PolicyRun(surroundings).start(line, identity.name(), start, archive, policySource == null);
    }

    private void runAttached(long running) {
        if (!application.isEmpty()) {
            throw CommandFailure.badUsage("--pid is for a JVM that runs (leave out what is behind --)");
        }
        RunningProcess process = RunningProcess.jvm(running);
        String app = process.identity(null).name();
        NamedPolicy named = new NamedPolicy(surroundings, policySource == null ? app : policySource);
        named.requirePresent();
        PreparedStart start =
                new PlanPreparation(surroundings).prepared(app, () -> named.choice(process.classPath(), explain));
        if (explain) {
            start.explanation().forEach(surroundings::tell);
        }
        new RunningDispatch(surroundings).start(process, app, start);
    }
}
