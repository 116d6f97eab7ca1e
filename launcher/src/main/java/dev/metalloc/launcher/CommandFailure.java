// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import org.jspecify.annotations.Nullable;

/** Ends a command with one line on standard error and an exit code; the line says what was wrong and, in brackets, what to do. */
public final class CommandFailure extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int exitCode;

    private CommandFailure(String line, int exitCode, @Nullable Throwable cause) {
        super(line, cause);
        this.exitCode = exitCode;
    }

    /** The command was understood and could not be done. */
    public static CommandFailure failed(String line) {
        return new CommandFailure(line, ExitCodes.FAILED, null);
    }

    public static CommandFailure failed(String line, Throwable cause) {
        return new CommandFailure(line, ExitCodes.FAILED, cause);
    }

    /** The command line itself is wrong. */
    public static CommandFailure badUsage(String line) {
        return new CommandFailure(line, ExitCodes.BAD_USAGE, null);
    }

    public int exitCode() {
        return exitCode;
    }
}
