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
import java.util.List;

/** Finds the profile that a word on the command line means: a file, else all that is stored of an application. */
public final class ProfileSource {

    private ProfileSource() {}

    public static Profile profile(String source, KnownApplications known, Surroundings surroundings) {
        return runs(source, known, surroundings).merged();
    }

    /** The same with each run by itself. */
    public static ProfiledRuns runs(String source, KnownApplications known, Surroundings surroundings) {
        Path file = surroundings.workingDirectory().resolve(source);
        if (Files.exists(file) || source.endsWith(".mprof")) {
            return ProfiledRuns.of(List.of(read(file)));
        }
        return known.runs(source)
                .orElseThrow(() -> CommandFailure.failed(
                        "no profile file and no profiled application called " + source + " (see metalloc db list)"));
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
