// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script may start a JVM of its own choice with the agent in it. */
class OlderJvmIT {

    private static final int LEAST_FEATURE = 22;

    @ParameterizedTest
    @ValueSource(strings = {"metalloc-agent.jar", "metalloc-agent-start.jar"})
    void shouldLeaveTheApplicationOfAnOlderJvmAlone(String jar) throws Exception {
        Optional<Path> older = older();
        assumeTrue(older.isPresent(), "no JVM older than " + LEAST_FEATURE);
        Path home = older.get();

        List<String> said =
                run(home, "-javaagent:" + ChildJvm.agentJar().resolveSibling(jar) + "=run,plan=/tmp/none.plan");

        assertEquals(
                "metalloc: the agent needs Java 22 or later, this is " + release(home)
                        + " (the application runs untouched)",
                said.get(0));
        assertEquals(run(home), said.subList(1, said.size()));
    }

    /** What it prints, and nothing where it does not end well. */
    private static List<String> run(Path home, String... options) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(home.resolve("bin/java").toString());
        words.addAll(List.of(options));
        words.add("-version");
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), text);
        return text.lines().toList();
    }

    private static Optional<Path> older() throws IOException {
        List<Path> homes = new ArrayList<>();
        Path usual = Path.of("/usr/lib/jvm");
        if (Files.isDirectory(usual)) {
            try (Stream<Path> found = Files.list(usual)) {
                found.forEach(homes::add);
            }
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            Path java = Path.of(folder, "java");
            if (Files.isExecutable(java)) {
                homes.add(java.toRealPath().resolve("../..").normalize());
            }
        }
        return homes.stream()
                .filter(home -> Files.isExecutable(home.resolve("bin/java")))
                .filter(home -> isOlder(release(home)))
                .findFirst();
    }

    private static boolean isOlder(String release) {
        try {
            return Runtime.Version.parse(release).feature() < LEAST_FEATURE;
        } catch (IllegalArgumentException e) {
            return release.startsWith("1.8");
        }
    }

    private static String release(Path home) {
        try (Stream<String> lines = Files.lines(home.resolve("release"))) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.substring("JAVA_VERSION=".length()).replace("\"", ""))
                    .findFirst()
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
