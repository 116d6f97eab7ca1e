// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.policy.identity;

import java.util.List;

/**
 * What a {@code java} command line starts.
 *
 * @param target the jar's path, the main class, {@code module} or {@code module/class}, the source file; empty for
 *     {@link Kind#NONE}
 */
public record JavaCommandLine(Kind kind, String target) {

    /** What the JVM is told to run. */
    public enum Kind {
        JAR,
        CLASS,
        MODULE,
        SOURCE,
        /** Nothing: {@code -version}, {@code --help}, or no main class at all. */
        NONE
    }

    static final JavaCommandLine NOTHING = new JavaCommandLine(Kind.NONE, "");

    /**
     * Reads a command line, as the java launcher does.
     *
     * @param arguments what follows the {@code java} executable, argument files already expanded
     */
    static JavaCommandLine parse(List<String> arguments) {
        boolean jar = false;
        boolean source = false;
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            if (!argument.startsWith("-")) {
                return main(argument, jar, source);
            }
            if (JavaOptions.endsTheLauncher(argument)) {
                return NOTHING;
            }
            if (argument.startsWith("--module=")) {
                return new JavaCommandLine(Kind.MODULE, argument.substring("--module=".length()));
            }
            if (JavaOptions.namesModule(argument)) {
                return i + 1 < arguments.size() ? new JavaCommandLine(Kind.MODULE, arguments.get(i + 1)) : NOTHING;
            }
            jar |= argument.equals("-jar");
            source |= argument.equals("--source") || argument.startsWith("--source=");
            if (JavaOptions.takesArgument(argument)) {
                i++;
            }
        }
        return NOTHING;
    }

    private static JavaCommandLine main(String argument, boolean jar, boolean source) {
        if (jar) {
            return new JavaCommandLine(Kind.JAR, argument);
        }
        // A class named java in some package also ends in .java; the launcher then looks for the file, and so names it.
        if (source || argument.endsWith(".java")) {
            return new JavaCommandLine(Kind.SOURCE, argument);
        }
        return new JavaCommandLine(Kind.CLASS, argument.replace('/', '.'));
    }
}
