// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.policy.identity.AppIdentity;
import dev.metalloc.profiler.api.ProfileMode;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code profile}: starts the application with the recording agent. */
@Command(
        name = "profile",
        customSynopsis = "metalloc profile [-o FILE] [--mode sampled|full] [--trace FILE] [--app NAME] -- java …",
        description = "Run an application and record its off-heap allocations.")
public final class ProfileCommand implements Runnable {

    private final Surroundings surroundings;
    private final List<String> application;

    @Option(names = "-o", paramLabel = "FILE", description = "Where to write the profile.")
    private @Nullable Path output;

    @Option(names = "--mode", paramLabel = "MODE", description = "sampled (the default) or full: follow every block.")
    private ProfileMode mode = ProfileMode.SAMPLED;

    @Option(names = "--app", paramLabel = "NAME", description = "The application's name in the store.")
    private @Nullable String app;

    @Option(names = "--trace", paramLabel = "FILE", description = "Write a trace that can be replayed too (.mtrc.gz).")
    private @Nullable Path trace;

    public ProfileCommand(Surroundings surroundings, List<String> application) {
        this.surroundings = surroundings;
        this.application = application;
    }

    @Override
    public void run() {
        ApplicationLine line = new ApplicationLine(surroundings, application);
        MetallocHome home = MetallocHome.of(surroundings).prepared();
        AppIdentity identity = Identities.of(app, line, surroundings);
        Path profile = output == null ? null : OutputFile.checked(output, "-o", surroundings);
        Path replayable = trace == null ? null : OutputFile.checked(trace, "--trace", surroundings);
        new Starts(surroundings).profiled(line, home, identity, mode, profile, replayable);
    }
}
