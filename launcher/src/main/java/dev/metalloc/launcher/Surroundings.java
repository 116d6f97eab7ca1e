// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that a command takes from outside, so that a test can stand in for a machine.
 *
 * @param installation the folder that holds {@code bin/metalloc} and the modules
 * @param javaHome the JDK that metalloc itself runs on, 22 or later
 * @param workingDirectory the caller's folder, which relative paths of the user's line start from
 * @param commandLineFile where to leave the command line that the calling script becomes; absent outside the script
 * @param watched whether standard error is a terminal
 * @param processId the id that the application will have, because the calling script becomes it
 */
public record Surroundings(
        Path installation,
        Path javaHome,
        Path workingDirectory,
        Optional<Path> commandLineFile,
        boolean watched,
        long processId,
        Map<String, String> environment,
        PrintStream out,
        PrintStream err) {

    /** Each of them a JVM reads for itself; {@code bin/metalloc} keeps them from ours. */
    public static final List<String> OPTION_VARIABLES =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS");

    private static final String USERS = "METALLOC_USERS_";

    public Surroundings {
        environment = Map.copyOf(environment);
    }

    /** Reads the properties that {@code bin/metalloc} sets. */
    public static Surroundings ofProcess() {
        Path workingDirectory = Path.of("").toAbsolutePath();
        return new Surroundings(
                Path.of(System.getProperty("metalloc.root", workingDirectory.toString())),
                Path.of(System.getProperty("java.home")),
                workingDirectory,
                Optional.ofNullable(System.getProperty("metalloc.command-line-file"))
                        .map(Path::of),
                Boolean.getBoolean("metalloc.terminal"),
                Long.getLong("metalloc.pid", ProcessHandle.current().pid()),
                usersEnvironment(System.getenv()),
                System.out,
                System.err);
    }

    /** The environment that the application has: what the script hides from this JVM is under its own name again. */
    static Map<String, String> usersEnvironment(Map<String, String> environment) {
        Map<String, String> users = new HashMap<>(environment);
        for (String name : OPTION_VARIABLES) {
            String hidden = users.remove(USERS + name);
            if (hidden != null) {
                users.put(name, hidden);
            }
        }
        return users;
    }

    public Path agentJar() {
        return installation.resolve("agent/target/metalloc-agent.jar");
    }

    /** A variable of the environment; empty counts as unset. */
    public Optional<String> variable(String name) {
        String value = environment.get(name);
        return value == null || value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    /** One line on standard error, for what the user should know and no program should read. */
    public void tell(String line) {
        err.println("metalloc: " + line);
    }
}
