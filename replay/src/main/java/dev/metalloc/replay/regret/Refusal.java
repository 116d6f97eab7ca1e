// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.replay.regret;

import java.nio.file.NoSuchFileException;

/** Ends a command that cannot do what it was asked for: one line that says why, exit code 1. */
final class Refusal {

    private Refusal() {}

    static void exit(Exception cause) {
        String missing = cause instanceof NoSuchFileException ? ": no such file (name a .mtrc.gz file)" : "";
        System.err.println("metalloc: " + cause.getMessage() + missing);
        System.exit(1);
    }
}
