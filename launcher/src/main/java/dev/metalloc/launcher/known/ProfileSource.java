// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Failures;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the profile that a word on the command line means: a file, else all that is stored of an application. */
public final class ProfileSource {

    private static final String SUFFIX = ".mprof";

    private ProfileSource() {}

    public static Profile profile(String source, KnownApplications known, Surroundings surroundings) {
        return runs(source, known, surroundings).merged();
    }

    /** The same with each run by itself. */
    public static ProfiledRuns runs(String source, KnownApplications known, Surroundings surroundings) {
        Path file = surroundings.workingDirectory().resolve(source);
        boolean isNamedAsProfile = source.endsWith(SUFFIX);
        boolean isFolder = Files.isDirectory(file); // often called as the application in it
        if (isNamedAsProfile || (Files.exists(file) && !isFolder)) {
            try {
                return ProfiledRuns.of(read(file));
            } catch (CommandFailure e) {
                Optional<ProfiledRuns> stored = isNamedAsProfile ? Optional.empty() : known.runs(source);
                ProfiledRuns runs = stored.orElseThrow(() -> e);
                surroundings.tell(file + " is no profile: taking what is stored of the application " + source);
                return runs;
            }
        }
        return known.runs(source)
                .orElseThrow(() -> CommandFailure.failed(
                        isFolder
                                ? file + " is a folder, and no application called " + source
                                        + " is profiled (name a profile in it, or see metalloc db list)"
                                : "no profile file and no profiled application called " + source
                                        + " (see metalloc db list)"));
    }

    private static Profile read(Path file) {
        if (Files.isDirectory(file)) {
            throw CommandFailure.failed(file + " is a folder (name a profile in it)");
        }
        try {
            return ProfileReader.read(file);
        } catch (IOException e) {
            throw Failures.reading(file, e);
        }
    }
}
