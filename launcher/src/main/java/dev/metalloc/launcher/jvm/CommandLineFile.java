// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Leaves the words that the calling script becomes, each ended by a zero byte.
 *
 * <p>The launcher does not start the application itself: a parent in between would have to pass on standard streams,
 * signals and the exit code, and never quite does.
 */
public final class CommandLineFile {

    private CommandLineFile() {}

    public static void handOver(Surroundings surroundings, List<String> words) {
        Path file = surroundings
                .commandLineFile()
                .orElseThrow(() -> CommandFailure.failed("nobody to start the application (call bin/metalloc)"));
        try {
            Files.writeString(file, String.join("\0", words) + "\0", StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw CommandFailure.failed("cannot write " + file + " (check the disk and TMPDIR)", e);
        }
    }
}
