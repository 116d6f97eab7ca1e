// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.policy.identity.ClassPath;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The user's own command line, and how an agent gets into the JVM that it starts.
 *
 * <p>Where the first word is a {@code java} executable the agent's option goes right behind it; any other command is
 * taken for a script that starts a JVM somewhere, and gets the option through {@code JAVA_TOOL_OPTIONS}.
 *
 * <p>The result is the words to put before the user's second word. In it {@link #OWN_FIRST_WORD} stands for the user's
 * first word, so that the calling script passes the user's words on byte for byte, whatever their encoding.
 */
public final class ApplicationLine {

    /** No command has an empty name, so it cannot be mistaken for one. */
    public static final String OWN_FIRST_WORD = "";

    private static final String JAVA = "java";
    private static final String TOOL_OPTIONS = "JAVA_TOOL_OPTIONS";

    private final Surroundings surroundings;
    private final List<String> words;
    private final boolean startsJava;
    private final Optional<JavaRelease> release;

    /** Looks the command up as a shell would; fails where there is no such command. */
    public ApplicationLine(Surroundings surroundings, List<String> words) {
        if (words.isEmpty()) {
            throw CommandFailure.badUsage("no application given (put its command line behind --)");
        }
        this.surroundings = surroundings;
        this.words = List.copyOf(words);
        String first = words.getFirst();
        Optional<Path> executable = executable(first);
        if (executable.isEmpty() && !first.equals(JAVA)) {
            throw CommandFailure.failed("cannot start " + first + ": no such command (check the words behind --)");
        }
        this.startsJava = Path.of(first).endsWith(JAVA);
        this.release = startsJava ? executable.flatMap(JavaRelease::ofExecutable) : releaseOfScripts();
    }

    public List<String> words() {
        return words;
    }

    /** The jars and folders the application is loaded from; empty for a script, which does not say. */
    public List<Path> classPath() {
        return startsJava
                ? ClassPath.of(
                        words,
                        surroundings.workingDirectory(),
                        surroundings.variable("CLASSPATH").orElse(null))
                : List.of();
    }

    /** The version of the JVM that is started. */
    public String javaVersion() {
        return namedJvmTakesAgent()
                ? release.map(JavaRelease::version).orElse("")
                : JavaRelease.in(surroundings.javaHome())
                        .map(JavaRelease::version)
                        .orElse("");
    }

    public boolean startsJava() {
        return startsJava;
    }

    /** Whether the JVM that the line names, or the one put in its place, can load the agent. */
    public boolean takesAgent() {
        return namedJvmTakesAgent() || jvmIsOursToChoose();
    }

    /** What the user should be told about another JVM than the named one being used. */
    public Optional<String> jvmReplacement() {
        if (namedJvmTakesAgent() || !jvmIsOursToChoose()) {
            return Optional.empty();
        }
        return Optional.of("using " + surroundings.javaHome() + " instead, because " + namedJvm() + " (set "
                + (startsJava ? "the PATH" : "JAVA_HOME") + " to choose another)");
    }

    /** What the user should be told about an archive of classes of their own, which the agent may make useless. */
    public Optional<String> archiveNote() {
        List<String> useless = hasAgentModule() ? List.of() : List.of("-XX:AOTCache=", "-XX:SharedArchiveFile=");
        List<String> options = new ArrayList<>(words);
        for (String variable : List.of(TOOL_OPTIONS, "JDK_JAVA_OPTIONS")) {
            options.addAll(List.of(surroundings.variable(variable).orElse("").split("\\s+", -1)));
        }
        for (String option : options) {
            for (String prefix : useless) {
                if (option.startsWith(prefix)) {
                    return Optional.of(
                            "with any agent the JVM rejects " + option.substring(prefix.length())
                                    + " unless it was made with --add-modules java.instrument (make it so, or the start is slower)");
                }
            }
        }
        return Optional.empty();
    }

    /** Why the agent cannot be used, for a line that does not take it. */
    public String refusal() {
        return namedJvm();
    }

    /** The words that start the application as if we were not there. */
    public List<String> untouched() {
        return List.of(OWN_FIRST_WORD);
    }

    /**
     * The archive of the JDK's classes that would suit the JVM with the agent in it.
     *
     * @return empty where the line does not say what it starts, or starts it with options that might not suit an archive
     */
    public Optional<ClassArchive> classArchive(AgentOption agent, Path folder) {
        return hasAgentModule()
                ? jvm().flatMap(found -> ClassArchive.of(found, words, agent, folder))
                : Optional.empty();
    }

    /** Whether the JVM is sure to have the module of agents without being told. */
    private boolean hasAgentModule() {
        boolean isShapedElsewhere = surroundings.variable(TOOL_OPTIONS).isPresent()
                || surroundings.variable("JDK_JAVA_OPTIONS").isPresent()
                || surroundings.variable("_JAVA_OPTIONS").isPresent();
        return startsJava
                && !isShapedElsewhere
                && DefaultModules.areSureOf(words)
                && jvm().map(found -> found.modules().contains("java.instrument"))
                        .orElse(false);
    }

    private Optional<JavaRelease> jvm() {
        return namedJvmTakesAgent() ? release : JavaRelease.in(surroundings.javaHome());
    }

    /** The words that start it with the agent and an archive of classes. */
    public List<String> with(AgentOption agent, ClassArchive archive) {
        List<String> started = new ArrayList<>(with(agent));
        archive.option().ifPresent(option -> started.add(1, option));
        return started;
    }

    /** The words that start it with the agent. */
    public List<String> with(AgentOption agent) {
        if (!startsJava) {
            return throughEnvironment(agent.toString());
        }
        String java = namedJvmTakesAgent()
                ? OWN_FIRST_WORD
                : surroundings.javaHome().resolve("bin/java").toString();
        return List.of(java, hasAgentModule() ? agent.asLibrary() : agent.toString());
    }

    private List<String> throughEnvironment(String option) {
        String quoted = option.chars().anyMatch(Character::isWhitespace) ? '"' + option + '"' : option;
        String assignment = TOOL_OPTIONS + "="
                + surroundings.variable(TOOL_OPTIONS).map(set -> set + " ").orElse("") + quoted;
        if (namedJvmTakesAgent()) {
            return List.of("env", assignment, OWN_FIRST_WORD);
        }
        Path home = surroundings.javaHome();
        String path = "PATH=" + home.resolve("bin") + File.pathSeparator
                + surroundings.variable("PATH").orElse("");
        return List.of("env", "JAVA_HOME=" + home, path, assignment, OWN_FIRST_WORD);
    }

    private boolean namedJvmTakesAgent() {
        return release.map(JavaRelease::takesAgent).orElse(false);
    }

    /** A bare name leaves the choice to the environment; a path is the user's decision. */
    private boolean jvmIsOursToChoose() {
        return !startsJava || words.getFirst().equals(JAVA);
    }

    private String namedJvm() {
        String name = startsJava && !jvmIsOursToChoose() ? words.getFirst() : "the default java";
        return release.map(
                        found -> name + " is version " + found.version() + ", older than " + JavaRelease.LEAST_FEATURE)
                .orElse(name + " is missing or does not say its version");
    }

    /** Scripts that start a JVM by convention ask JAVA_HOME first, then the PATH. */
    private Optional<JavaRelease> releaseOfScripts() {
        Optional<JavaRelease> ofHome =
                surroundings.variable("JAVA_HOME").map(Path::of).flatMap(JavaRelease::in);
        return ofHome.isPresent() ? ofHome : executable(JAVA).flatMap(JavaRelease::ofExecutable);
    }

    private Optional<Path> executable(String name) {
        if (name.contains(File.separator)) {
            return Optional.of(surroundings.workingDirectory().resolve(name)).filter(ApplicationLine::isExecutable);
        }
        for (String folder : surroundings.variable("PATH").orElse("").split(File.pathSeparator, -1)) {
            Path candidate = surroundings.workingDirectory().resolve(folder).resolve(name);
            if (isExecutable(candidate)) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    private static boolean isExecutable(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
