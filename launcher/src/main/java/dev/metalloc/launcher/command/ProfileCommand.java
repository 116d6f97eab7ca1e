// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.MetallocHome;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.ApplicationLine;
import dev.metalloc.policy.identity.AppIdentity;
import dev.metalloc.profiler.api.ProfileMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code profile}: starts the application with the recording agent. */
@Command(
        name = "profile",
        customSynopsis = "metalloc profile [-o FILE] [--mode sampled|full] [--app NAME] -- java …",
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

    @Option(names = "--trace", paramLabel = "FILE", hidden = true)
    private @Nullable Path trace;

    public ProfileCommand(Surroundings surroundings, List<String> application) {
        this.surroundings = surroundings;
        this.application = application;
    }

    @Override
    public void run() {
        if (trace != null) {
            throw CommandFailure.badUsage("--trace is not in this version (leave it out)");
        }
        ApplicationLine line = new ApplicationLine(surroundings, application);
        MetallocHome home = MetallocHome.of(surroundings).prepared();
        AppIdentity identity = Identities.of(app, line, surroundings);
        new Starts(surroundings).profiled(line, home, identity, mode, outputFile());
    }

    private @Nullable Path outputFile() {
        if (output == null) {
            return null;
        }
        Path file = surroundings.workingDirectory().resolve(output);
        try {
            // Now, since at the application's end it would be too late to say.
            Path folder = file.getParent();
            boolean isTaken = Files.exists(file) && !Files.isRegularFile(file); // a folder, or a device
            if (isTaken || folder == null || !Files.isDirectory(folder)) {
                throw new IOException("no folder, or no file");
            }
            if (!Files.exists(file)) {
                Files.delete(Files.createFile(file));
            }
            if (Files.exists(file) && !Files.isWritable(file)) {
                throw new IOException("not writable");
            }
        } catch (IOException e) {
            throw CommandFailure.failed("cannot write " + file + " (choose another file with -o)", e);
        }
        return file;
    }
}
