// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** Starts {@code bin/metalloc} and other commands as a user would, with a METALLOC_HOME of its own. */
final class Metalloc {

    /** The folder that holds {@code bin/metalloc}; Maven runs tests in the module's folder. */
    static final Path INSTALLATION = Path.of("..").toAbsolutePath().normalize();

    static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
    static final String JAVA = JAVA_HOME.resolve("bin/java").toString();

    private static final long TIMEOUT_SECONDS = 240;

    private final Path scratch;
    private final Map<String, String> environment = new TreeMap<>();

    /** @param scratch an empty folder, where output is kept too */
    Metalloc(Path scratch) {
        this.scratch = scratch;
        environment.put("METALLOC_HOME", scratch.resolve("home").toString());
        environment.put("METALLOC_JAVA_HOME", JAVA_HOME.toString());
        // What is measured on a busy machine would decide what is asserted.
        environment.put("METALLOC_COSTS", "shipped");
    }

    Metalloc with(String variable, Object value) {
        environment.put(variable, value.toString());
        return this;
    }

    /** What a finished command left. */
    record Ended(int exitCode, String out, String err) {}

    Ended metalloc(String... words) throws IOException, InterruptedException {
        return run(line(words));
    }

    Ended run(List<String> words) throws IOException, InterruptedException {
        return end(start(words));
    }

    Process start(List<String> words) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(words).directory(scratch.toFile());
        builder.environment().keySet().removeAll(List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"));
        builder.environment().putAll(environment);
        builder.redirectError(scratch.resolve("stderr").toFile());
        return builder.start();
    }

    Ended end(Process process) throws IOException, InterruptedException {
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IllegalStateException("still running after " + TIMEOUT_SECONDS + " s");
        }
        return new Ended(process.exitValue(), out, Files.readString(scratch.resolve("stderr")));
    }

    static List<String> line(String... words) {
        List<String> line = new ArrayList<>();
        line.add(INSTALLATION.resolve("bin/metalloc").toString());
        line.addAll(List.of(words));
        return line;
    }

    /** A metalloc command with the application's own line behind it. */
    static List<String> behind(List<String> command, List<String> application) {
        List<String> line = line(command.toArray(String[]::new));
        line.add("--");
        line.addAll(application);
        return line;
    }

    /** A {@code java} line that starts a class of this module, tests included. */
    static List<String> java(String mainClass, String... arguments) {
        Path target = INSTALLATION.resolve("benchmarks/target");
        List<String> line = new ArrayList<>();
        line.add(JAVA);
        line.add("--enable-native-access=ALL-UNNAMED");
        line.add("-cp");
        line.add(target.resolve("metalloc-benchmarks.jar") + ":" + target.resolve("lib/*") + ":"
                + target.resolve("test-classes"));
        line.add(mainClass);
        line.addAll(List.of(arguments));
        return line;
    }
}
