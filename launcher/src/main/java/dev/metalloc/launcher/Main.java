// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import java.util.List;

/** Where {@code bin/metalloc} enters. */
public final class Main {

    private Main() {}

    public static void main(String[] arguments) {
        int exitCode = new Launcher(Surroundings.ofProcess()).run(List.of(arguments));
        // Exits explicitly: a library's thread must not keep a finished command alive.
        System.exit(exitCode);
    }
}
