// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Progress;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.attach.AttachedJvm;
import dev.metalloc.launcher.attach.RunningProcess;
import dev.metalloc.launcher.attach.SessionState;
import dev.metalloc.policy.identity.AppIdentity;
import dev.metalloc.profiler.api.ProfileMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code attach}: records a JVM that runs already, for a time, and waits for the profile. */
@Command(
        name = "attach",
        description = "Record the off-heap allocations of a running JVM for a time; then take the hooks out again.")
public final class AttachCommand implements Runnable {

    private static final long LOOK_MILLIS = 200;

    private final Surroundings surroundings;

    @Parameters(paramLabel = "PID", description = "The JVM's process.")
    private long processId;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "30s",
            converter = DurationWord.class,
            description = "How long to record, as 500ms, 30s, 5m, 1h (default: ${DEFAULT-VALUE}).")
    private Duration duration = Duration.ofSeconds(30);

    @Option(names = "-o", paramLabel = "FILE", description = "Where to write the profile.")
    private @Nullable Path output;

    @Option(names = "--mode", paramLabel = "MODE", description = "sampled (the default) or full: follow every block.")
    private ProfileMode mode = ProfileMode.SAMPLED;

    @Option(names = "--app", paramLabel = "NAME", description = "The application's name in the store.")
    private @Nullable String app;

    public AttachCommand(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    @Override
    public void run() {
        RunningProcess process = RunningProcess.jvm(processId);
        MetallocHome home = MetallocHome.of(surroundings).prepared();
        AppIdentity identity = process.identity(app);
        Path file = output != null
                ? OutputFile.checked(output, "-o", surroundings)
                : ProfileFile.in(
                        home.profiles(), identity.name(), LocalDateTime.now(ZoneId.systemDefault()), processId);
        try (AttachedJvm jvm = AttachedJvm.to(process)) {
            record(jvm, home, identity, file);
        }
    }

    private void record(AttachedJvm jvm, MetallocHome home, AppIdentity identity, Path file) {
        if (jvm.warnsOfAgents()) {
            surroundings.tell(
                    "process " + processId + " may print a warning about a late agent on its own standard error"
                            + " (-XX:+EnableDynamicAgentLoading at its start avoids that)");
        }
        SessionState begun = jvm.load(AgentOptions.profile(surroundings, home, identity, mode, file)
                .with("durationMillis", duration.toMillis()));
        if (begun.kind() == SessionState.Kind.FAILED) {
            throw CommandFailure.failed("process " + processId + ": " + begun.text());
        }
        surroundings.tell("recording process " + processId + " for " + duration.toMillis() / 1000.0
                + " s (metalloc detach " + processId + " ends it earlier)");
        awaitEnd(jvm, file);
    }

    private void awaitEnd(AttachedJvm jvm, Path file) {
        Progress progress = new Progress(surroundings);
        Optional<SessionState> state = jvm.state();
        while (state.isPresent() && state.get().kind() == SessionState.Kind.RECORDING && isAliveForAWhile()) {
            progress.show("recording process " + processId);
            state = jvm.state();
        }
        progress.clear();
        report(state, file);
    }

    /** Waits a moment, or until the process ends; answers whether it goes on. */
    private boolean isAliveForAWhile() {
        CompletableFuture<ProcessHandle> exit =
                ProcessHandle.of(processId).map(ProcessHandle::onExit).orElseGet(CompletableFuture::new);
        try {
            exit.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        } catch (InterruptedException | ExecutionException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void report(Optional<SessionState> state, Path file) {
        SessionState.Kind kind = state.map(SessionState::kind).orElse(SessionState.Kind.RECORDING);
        String text = state.map(SessionState::text).orElse("");
        if (kind == SessionState.Kind.ENDED) {
            surroundings.tell(text);
        } else if (kind == SessionState.Kind.FAILED) {
            throw CommandFailure.failed("process " + processId + ": " + text);
        } else if (Files.exists(file)) {
            surroundings.tell("process " + processId + " ended; its profile is in " + file);
        } else {
            throw CommandFailure.failed(
                    "process " + processId + " ended before a profile was written (record it again)");
        }
    }
}
