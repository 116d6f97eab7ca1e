// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that the user wants written by the application's process. */
final class OutputFile {

    private OutputFile() {}

    /**
     * The file's whole path, after a try: at the application's end it would be too late to say that it cannot be written.
     *
     * @param option the one that named it
     */
    static Path checked(Path named, String option, Surroundings surroundings) {
        Path file = surroundings.workingDirectory().resolve(named);
        try {
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
            throw CommandFailure.failed("cannot write " + file + " (choose another file with " + option + ")", e);
        }
        return file;
    }
}
