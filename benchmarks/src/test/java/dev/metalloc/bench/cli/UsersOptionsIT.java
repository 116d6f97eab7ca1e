// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.bench.cli.Metalloc.Ended;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Variables with options of the user's JVM are for the application: the launcher's own JVM would not start with some of them. */
class UsersOptionsIT {

    private static final String APP = PatientApplication.class.getName();

    @TempDir
    Path scratch;

    private Metalloc metalloc;

    @BeforeEach
    void makeHome() {
        metalloc = new Metalloc(scratch);
    }

    @ParameterizedTest
    @CsvSource({
        "JAVA_TOOL_OPTIONS, -XX:+UseG1GC, run",
        "JDK_JAVA_OPTIONS, -XX:+UseZGC, run",
        "_JAVA_OPTIONS, -XX:+UseParallelGC, run",
        "JAVA_TOOL_OPTIONS, -XX:+UseG1GC, profile",
        "JAVA_TOOL_OPTIONS, -XX:+UseG1GC, auto",
    })
    void shouldStartTheApplicationWithThem(String variable, String option, String command) throws Exception {
        Ended run = metalloc.with(variable, option).run(Metalloc.behind(List.of(command), Metalloc.java(APP, "7")));

        assertEquals(7, run.exitCode(), run.err());
        assertEquals("allocated 6400\n", run.out());
        // Whoever reads the variable says so, once for each JVM: the application's alone.
        assertEquals(
                1,
                run.err().lines().filter(line -> line.contains(variable + ":")).count(),
                run.err());
    }

    @Test
    void shouldRunCommandsOfOurOwnWithoutThem() throws Exception {
        Ended listed = metalloc.with("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC").metalloc("db", "list");
        assertEquals(0, listed.exitCode(), listed.err());
        assertEquals("", listed.err());
    }

    @Test
    void shouldHandThemOnAsTheyAre() throws Exception {
        metalloc.with("JAVA_TOOL_OPTIONS", "-Da='b  c'")
                .with("_JAVA_OPTIONS", "")
                .with("JDK_JAVA_OPTIONS", "-Xss1m");
        Ended run = metalloc.run(Metalloc.behind(List.of("run"), List.of("env")));
        assertTrue(
                run.out()
                        .lines()
                        .toList()
                        .containsAll(
                                List.of("JAVA_TOOL_OPTIONS=-Da='b  c'", "_JAVA_OPTIONS=", "JDK_JAVA_OPTIONS=-Xss1m")),
                run.out());
        assertFalse(run.out().contains("METALLOC_USERS"), run.out());
    }

    @Test
    void shouldJoinTheAgentToThemForAScript() throws Exception {
        Path policy = Files.writeString(scratch.resolve("p.toml"), """
                schema = 1
                app = "a"
                version = 1
                created = "2026-11-28T12:00:00Z"
                [[rule]]
                entryPoint = "UNSAFE"
                minBytes = 1
                maxBytes = 4096
                allocator = "slab"
                """);
        metalloc.with("JAVA_TOOL_OPTIONS", "-XX:+UseG1GC").with("JAVA_HOME", Metalloc.JAVA_HOME);
        Ended run = metalloc.run(Metalloc.behind(
                List.of("run", "--policy", policy.toString()), List.of("printenv", "JAVA_TOOL_OPTIONS")));
        assertTrue(run.out().startsWith("-XX:+UseG1GC -javaagent:"), run.out() + run.err());
    }
}
