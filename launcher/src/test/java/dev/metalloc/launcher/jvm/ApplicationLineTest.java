// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.jvm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.launcher.TestSurroundings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApplicationLineTest {

    private static final AgentOption AGENT = new AgentOption(Path.of("/m/agent.jar"), "run");
    private static final String OPTION = "-javaagent:/m/agent.jar=run";

    @TempDir
    Path root;

    private TestSurroundings machine;

    @BeforeEach
    void makeMachine() throws IOException {
        machine = new TestSurroundings(root);
    }

    private ApplicationLine line(String... words) {
        return new ApplicationLine(machine.surroundings(), List.of(words));
    }

    @Test
    void shouldPutAgentBehindJavaOfThePath() throws IOException {
        machine.with("PATH", machine.jdk("new", "24").resolve("bin"));
        ApplicationLine line = line("java", "-Xmx1g", "Main");
        assertTrue(line.takesAgent());
        assertEquals(Optional.empty(), line.jvmReplacement());
        assertEquals(List.of("", OPTION), line.with(AGENT));
        assertEquals(List.of(""), line.untouched());
    }

    /** An added module costs a start the archived graph of modules; where it is there anyway, none is added. */
    @Test
    void shouldNameTheAgentsLibraryWhereTheJvmIsSureToHaveItsModule() throws IOException {
        machine.with("PATH", machine.jdkWithModules("new", "24").resolve("bin"));
        List<String> cheap = List.of("", "-agentlib:instrument=/m/agent.jar=run");
        assertEquals(cheap, line("java", "-Xmx1g", "-cp", "-m", "Main", "-m").with(AGENT));
        assertEquals(
                cheap,
                line("java", "--add-modules", "jdk.net", "-jar", "app.jar").with(AGENT));
        for (List<String> words : List.of(
                List.of("-m", "app/app.Main"),
                List.of("--module=app/app.Main"),
                List.of("--limit-modules", "java.base", "Main"),
                List.of("--limit-modules=java.base", "Main"),
                List.of("@options", "Main"),
                List.of("-Djdk.module.main=app", "Main"),
                List.of("-XX:VMOptionsFile=x", "Main"),
                List.of("Main.java"),
                List.of("-version"))) {
            List<String> all = new ArrayList<>(List.of("java"));
            all.addAll(words);
            assertEquals(
                    List.of("", OPTION),
                    new ApplicationLine(machine.surroundings(), all).with(AGENT),
                    words.toString());
        }
        machine.with("JAVA_TOOL_OPTIONS", "--limit-modules=java.base");
        assertEquals(List.of("", OPTION), line("java", "Main").with(AGENT));
    }

    @Test
    void shouldAddTheAgentsModuleWhereTheJvmMayLackIt() throws IOException {
        machine.with("PATH", machine.jdk("linked", "24").resolve("bin"));
        assertEquals(List.of("", OPTION), line("java", "Main").with(AGENT));
    }

    @Test
    void shouldReplaceBareJavaThatIsTooOldAndSaySo() throws IOException {
        machine.with("PATH", machine.jdk("old", "17.0.15").resolve("bin"));
        ApplicationLine line = line("java", "Main");
        assertTrue(line.takesAgent());
        assertEquals(List.of(root.resolve("jdk/own/bin/java").toString(), OPTION), line.with(AGENT));
        String told = line.jvmReplacement().orElseThrow();
        assertTrue(
                told.contains("17.0.15")
                        && told.contains(root.resolve("jdk/own").toString()),
                told);
    }

    @Test
    void shouldReplaceBareJavaThatIsMissing() {
        assertEquals(
                List.of(root.resolve("jdk/own/bin/java").toString(), OPTION),
                line("java", "Main").with(AGENT));
    }

    @Test
    void shouldFollowSymbolicLinksToTheRelease() throws IOException {
        Path bin = Files.createDirectories(root.resolve("usr/bin"));
        Files.createSymbolicLink(
                bin.resolve("java"), machine.jdk("linked", "22").resolve("bin/java"));
        assertEquals(
                List.of("", OPTION),
                line(bin.resolve("java").toString(), "Main").with(AGENT));
    }

    @Test
    void shouldNotReplaceAnExplicitOldJava() throws IOException {
        Path java = machine.jdk("old", "21.0.1").resolve("bin/java");
        ApplicationLine line = line(java.toString(), "Main");
        assertFalse(line.takesAgent());
        assertEquals(Optional.empty(), line.jvmReplacement());
        assertTrue(line.refusal().contains("21.0.1"), line.refusal());
    }

    @Test
    void shouldNotTrustAJavaWithoutRelease() throws IOException {
        Path java = machine.executable(root.resolve("shims/java"));
        assertFalse(line(java.toString()).takesAgent());
    }

    @Test
    void shouldReachScriptsThroughTheEnvironmentAndKeepWhatIsSet() throws IOException {
        machine.with("PATH", machine.jdk("new", "25").resolve("bin")).with("JAVA_TOOL_OPTIONS", "-Xss1m");
        machine.executable(root.resolve("gradlew"));
        assertEquals(
                List.of("env", "JAVA_TOOL_OPTIONS=-Xss1m " + OPTION, ""),
                line("./gradlew", "run").with(AGENT));
    }

    @Test
    void shouldQuoteAnAgentPathWithBlanksInTheEnvironment() throws IOException {
        machine.with("PATH", machine.jdk("new", "25").resolve("bin"));
        machine.executable(root.resolve("gradlew"));
        AgentOption agent = new AgentOption(Path.of("/my agent.jar"), "run");
        assertEquals(
                "JAVA_TOOL_OPTIONS=\"-javaagent:/my agent.jar=run\"",
                line("./gradlew").with(agent).get(1));
    }

    @Test
    void shouldGiveScriptsAnotherJdkWhereTheirsIsTooOld() throws IOException {
        machine.with("PATH", machine.jdk("new", "25").resolve("bin")).with("JAVA_HOME", machine.jdk("old", "11.0.2"));
        machine.executable(root.resolve("gradlew"));
        List<String> words = line("./gradlew").with(AGENT);
        assertEquals("JAVA_HOME=" + root.resolve("jdk/own"), words.get(1));
        assertTrue(words.get(2).startsWith("PATH=" + root.resolve("jdk/own/bin") + ":"), words.get(2));
    }

    @Test
    void shouldFailClearlyWhereThereIsNoSuchCommand() {
        CommandFailure failure = assertThrows(CommandFailure.class, () -> line("./gone"));
        assertEquals("cannot start ./gone: no such command (check the words behind --)", failure.getMessage());
        assertEquals(1, failure.exitCode());
    }

    @Test
    void shouldRefuseAnEmptyLineAsBadUsage() {
        assertEquals(2, assertThrows(CommandFailure.class, this::line).exitCode());
    }

    @Test
    void shouldNoticeArchivesThatAnAgentMakesUseless() throws IOException {
        machine.with("PATH", machine.jdk("new", "25").resolve("bin"));
        assertEquals(Optional.empty(), line("java", "-Xshare:auto", "Main").archiveNote());
        String cache =
                line("java", "-XX:AOTCache=app.aot", "Main").archiveNote().orElseThrow();
        assertTrue(cache.contains("app.aot") && cache.contains("java.instrument"), cache);
        machine.with("PATH", machine.jdkWithModules("whole", "25").resolve("bin"));
        assertEquals(
                Optional.empty(), line("java", "-XX:AOTCache=app.aot", "Main").archiveNote(), "it stays in use");
        machine.with("JAVA_TOOL_OPTIONS", "-Xmx1g -XX:SharedArchiveFile=/a/app.jsa");
        String archive = line("java", "Main").archiveNote().orElseThrow();
        assertTrue(archive.contains("/a/app.jsa"), archive);
    }
}
