// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Turns what file systems and readers throw into a line for the user. */
public final class Failures {

    private Failures() {}

    /** A file that could not be read; a reader's own message already names the file and what is wrong with it. */
    public static CommandFailure reading(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return CommandFailure.failed("no such file: " + file + " (check the path)", e);
        }
        if (e instanceof AccessDeniedException) {
            return CommandFailure.failed("cannot read " + file + ": permission denied (check its permissions)", e);
        }
        if (e instanceof CharacterCodingException) {
            return CommandFailure.failed(file + ": not a text file (name a policy file)", e);
        }
        String message = String.valueOf(e.getMessage());
        return CommandFailure.failed(
                message.contains(file.toString()) ? message : "cannot read " + file + ": " + message, e);
    }
}
