// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import dev.metalloc.policy.identity.JavaOptions;
import java.util.List;

/**
 * Whether a command line is sure to start a JVM with the modules of its own choice: all that the JDK has for other programs.
 *
 * <p>{@code java.instrument} is among them then, and need not be added.
 */
final class DefaultModules {

    private static final List<String> CHOOSING = List.of(
            "--module=",
            "--limit-modules",
            "--upgrade-module-path",
            "--patch-module",
            "--source",
            "-Djdk.module.",
            "-XX:Flags=",
            "-XX:VMOptionsFile=",
            "-Xbootclasspath",
            "@");

    private DefaultModules() {}

    /** False, too, where the line names no class or jar to start. */
    static boolean areSureOf(List<String> words) {
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("-jar")) {
                return true;
            }
            if (word.equals("-m") || word.equals("--module") || chooses(word)) {
                return false;
            }
            if (!word.startsWith("-")) {
                return !word.endsWith(".java");
            }
            if (JavaOptions.takesArgument(word)) {
                i++;
            }
        }
        return false;
    }

    private static boolean chooses(String word) {
        for (String option : CHOOSING) {
            if (word.startsWith(option)) {
                return true;
            }
        }
        return false;
    }
}
