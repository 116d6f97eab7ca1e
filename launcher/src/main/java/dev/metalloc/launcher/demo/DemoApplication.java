// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.demo;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.Surroundings;
import dev.metalloc.launcher.jvm.JavaRelease;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the demonstration's application in JVMs of its own, plainly or behind a metalloc command. */
final class DemoApplication {

    static final String MAIN_CLASS = "dev.metalloc.bench.workload.demo.DemoWorkload";

    // From this release on the JVM warns about sun.misc.Unsafe and has the option that says it is known.
    private static final int UNSAFE_OPTION_SINCE = 23;

    private final Surroundings surroundings;
    private final Path folder;
    private final long requestCount;

    /** @param folder where the runs keep their files, METALLOC_HOME included */
    DemoApplication(Surroundings surroundings, Path folder, long requestCount) {
        this.surroundings = surroundings;
        this.folder = folder;
        this.requestCount = requestCount;
    }

    /** Runs the application to its end; the metalloc command's words are empty for a plain run. */
    RunFigures run(List<String> metallocWords) throws IOException, InterruptedException {
        Path result = folder.resolve("result.properties");
        Files.deleteIfExists(result);
        List<String> words = new ArrayList<>();
        if (!metallocWords.isEmpty()) {
            words.add(script());
            words.addAll(metallocWords);
            words.add("--");
        }
        words.addAll(javaLine(result));
        int exitCode = start(words, true);
        return RunFigures.read(result)
                .filter(figures -> exitCode == 0)
                .orElseThrow(() -> CommandFailure.failed("the demonstration's application ended with exit code "
                        + exitCode + " (see " + errorLog() + ")"));
    }

    /** Runs a metalloc command and shows what it prints. */
    void show(List<String> metallocWords) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(metallocWords);
        words.addFirst(script());
        int exitCode = start(words, false);
        if (exitCode != 0) {
            throw CommandFailure.failed(String.join(" ", metallocWords) + " ended with exit code " + exitCode + " (see "
                    + errorLog() + ")");
        }
    }

    Path errorLog() {
        return folder.resolve("stderr.log");
    }

    private int start(List<String> words, boolean quiet) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(words);
        builder.environment().put("METALLOC_HOME", folder.resolve("home").toString());
        builder.environment().put("METALLOC_JAVA_HOME", surroundings.javaHome().toString());
        builder.redirectError(errorLog().toFile());
        builder.redirectOutput(quiet ? ProcessBuilder.Redirect.DISCARD : ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        // A user who interrupts the demonstration wants its application gone too.
        Thread end = new Thread(process::destroy);
        Runtime.getRuntime().addShutdownHook(end);
        process.getOutputStream().close();
        int exitCode = process.waitFor();
        Runtime.getRuntime().removeShutdownHook(end);
        tellOwnLines();
        return exitCode;
    }

    /** Of what the run wrote to standard error, what metalloc said. */
    private void tellOwnLines() throws IOException {
        for (String line : Files.readAllLines(errorLog())) {
            if (line.startsWith("metalloc")) {
                surroundings.err().println("  " + line);
            }
        }
    }

    private String script() {
        return surroundings.installation().resolve("bin/metalloc").toString();
    }

    private List<String> javaLine(Path result) {
        Path benchmarks = surroundings.installation().resolve("benchmarks/target");
        List<String> words = new ArrayList<>();
        words.add(surroundings.javaHome().resolve("bin/java").toString());
        words.add("--enable-native-access=ALL-UNNAMED");
        int feature = JavaRelease.in(surroundings.javaHome())
                .map(JavaRelease::feature)
                .orElse(0);
        if (feature >= UNSAFE_OPTION_SINCE) {
            words.add("--sun-misc-unsafe-memory-access=allow");
        }
        // The heap is resident from the start, so that differences in resident memory are not the collector's.
        words.addAll(List.of("-Xms192m", "-Xmx192m", "-XX:+AlwaysPreTouch"));
        words.addAll(List.of("-cp", benchmarks.resolve("metalloc-benchmarks.jar") + ":" + benchmarks.resolve("lib/*")));
        words.addAll(List.of(MAIN_CLASS, "requests=" + requestCount, "result=" + result));
        return words;
    }
}
