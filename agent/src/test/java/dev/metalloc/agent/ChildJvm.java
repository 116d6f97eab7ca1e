// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a class of the test class path in a JVM of its own, with the packaged agent where asked. */
final class ChildJvm {

    /** What became of the child. */
    record Result(int exitCode, String out, String err) {}

    private final Path folder;
    private final List<String> options = new ArrayList<>();
    private String preparation = "";
    private String classPath = System.getProperty("metalloc.testClasses");

    ChildJvm(Path folder) {
        this.folder = folder;
        options.add("-ea");
        options.add("--enable-native-access=ALL-UNNAMED");
        options.add("--sun-misc-unsafe-memory-access=allow");
    }

    static Path agentJar() {
        return Path.of(System.getProperty("metalloc.agentJar"));
    }

    ChildJvm agent(String arguments) {
        return option("-javaagent:" + agentJar() + "=" + arguments);
    }

    ChildJvm option(String option) {
        options.add(option);
        return this;
    }

    /** Has a shell do something to itself before it becomes the JVM. */
    ChildJvm within(String command) {
        preparation = command;
        return this;
    }

    /** Runs classes from elsewhere. */
    ChildJvm classPath(Path folder) {
        classPath = folder.toString();
        return this;
    }

    Result run(Class<?> main, String... arguments) throws IOException, InterruptedException {
        return await(start(main, arguments));
    }

    Process start(@Nullable Class<?> main, String... arguments) throws IOException {
        return startNamed(main == null ? "" : main.getName(), arguments);
    }

    /** Starts a main class by name; none where it is empty. */
    Process startNamed(String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (!preparation.isEmpty()) {
            command.addAll(List.of("bash", "-c", preparation + " && exec \"$@\"", "bash"));
        }
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        if (!main.isEmpty()) {
            command.add("-cp");
            // The applications alone: the agent's classes must come from its jar.
            command.add(classPath);
            command.add(main);
        }
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.redirectOutput(out());
        builder.redirectError(err());
        return builder.start();
    }

    Result await(Process process) throws IOException, InterruptedException {
        if (!process.waitFor(120, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("the child did not end: " + Files.readString(err().toPath()));
        }
        return new Result(process.exitValue(), Files.readString(out().toPath()), Files.readString(err().toPath()));
    }

    File out() {
        return folder.resolve("out.txt").toFile();
    }

    private File err() {
        return folder.resolve("err.txt").toFile();
    }
}
