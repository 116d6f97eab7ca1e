// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.identity;

import java.util.Set;

/** The options of the java launcher that matter for finding what it starts. */
public final class JavaOptions {

    // With a blank before their argument; the forms with an equals sign are one word and need no mention.
    private static final Set<String> TAKE_ARGUMENT = Set.of(
            "-cp",
            "-classpath",
            "--class-path",
            "-p",
            "--module-path",
            "--upgrade-module-path",
            "--add-modules",
            "--limit-modules",
            "--add-exports",
            "--add-opens",
            "--add-reads",
            "--patch-module",
            "--enable-native-access",
            "--source");

    private static final Set<String> END_THE_LAUNCHER = Set.of(
            "-version",
            "--version",
            "-fullversion",
            "--full-version",
            "-help",
            "--help",
            "-h",
            "-?",
            "-X",
            "--help-extra",
            "--list-modules",
            "--validate-modules",
            "-d",
            "--describe-module");

    private JavaOptions() {}

    public static boolean takesArgument(String option) {
        return TAKE_ARGUMENT.contains(option);
    }

    static boolean endsTheLauncher(String option) {
        return END_THE_LAUNCHER.contains(option) || option.startsWith("--describe-module=");
    }

    static boolean namesModule(String option) {
        return option.equals("-m") || option.equals("--module");
    }
}
