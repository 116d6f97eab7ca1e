// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Failures;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.launcher.known.KnownApplications;
import dev.metalloc.policy.Policy;
import dev.metalloc.policy.PolicyToml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code run}: starts the application on the allocators that its policy names. */
@Command(
        name = "run",
        customSynopsis = "metalloc run [--policy FILE|APP] -- java …",
        description = "Run an application on the allocators chosen for it.")
public final class RunCommand implements Runnable {

    private final Surroundings surroundings;
    private final List<String> application;

    @Option(
            names = "--policy",
            paramLabel = "FILE|APP",
            description = "A policy file, or whose policy to use (default: the application's own).")
    private @Nullable String policySource;

    public RunCommand(Surroundings surroundings, List<String> application) {
        this.surroundings = surroundings;
        this.application = application;
    }

    @Override
    public void run() {
        ApplicationLine line = new ApplicationLine(surroundings, application);
        MetallocHome home = MetallocHome.of(surroundings);
        String app = Identities.of(null, line, surroundings).name();
        if (policySource != null) {
            new PolicyRun(surroundings, home).start(line, app, namedPolicy(policySource));
        } else {
            startWithOwnPolicy(line, home, app);
        }
    }

    private void startWithOwnPolicy(ApplicationLine line, MetallocHome home, String app) {
        Optional<Policy> policy;
        try {
            policy = storedPolicy(app);
        } catch (CommandFailure e) {
            // The application comes first: it starts whatever state our store is in.
            new Starts(surroundings).untouched(line, String.valueOf(e.getMessage()));
            return;
        }
        if (policy.isPresent()) {
            new PolicyRun(surroundings, home).start(line, app, policy.get());
        } else {
            new Starts(surroundings).untouched(line, "no policy known for " + app);
        }
    }

    private Policy namedPolicy(String source) {
        Path file = surroundings.workingDirectory().resolve(source);
        if (!Files.exists(file) && !source.endsWith(".toml")) {
            return storedPolicy(source)
                    .orElseThrow(() -> CommandFailure.failed(
                            "no policy file and no application called " + source + " (see metalloc db list)"));
        }
        try {
            return PolicyToml.read(file);
        } catch (IOException e) {
            throw Failures.reading(file, e);
        }
    }

    private Optional<Policy> storedPolicy(String app) {
        return KnownApplications.open(surroundings).policy(app);
    }
}
