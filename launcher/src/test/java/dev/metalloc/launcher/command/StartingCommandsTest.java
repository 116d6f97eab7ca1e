// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.launcher.TestSurroundings;
import dev.metalloc.policy.plan.Plan;
import dev.metalloc.policy.plan.PlanFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartingCommandsTest {

    @TempDir
    Path root;

    private TestSurroundings machine;

    @BeforeEach
    void makeMachine() throws IOException {
        machine = new TestSurroundings(root);
        machine.with("PATH", machine.jdk("new", "25").resolve("bin"));
    }

    @Test
    void shouldPutTheRecordingAgentIntoTheLine() throws IOException {
        assertEquals(0, machine.run("profile", "-o", "x.mprof", "--mode", "full", "--", "java", "a.B", "-o"));
        List<String> words = machine.handedOver();
        assertEquals(2, words.size(), words.toString());
        assertEquals("", words.get(0));
        String agent = words.get(1);
        assertTrue(
                agent.startsWith("-javaagent:" + machine.installation() + "/agent/target/metalloc-agent.jar=profile,"));
        assertTrue(agent.contains(",out=" + root.resolve("x.mprof") + ",app=a.B,mode=full,"), agent);
        assertTrue(agent.contains(",spool=" + root.resolve("home/spool")), agent);
        assertEquals("", machine.err());
    }

    @Test
    void shouldNameAProfileByApplicationTimeAndProcess() throws IOException {
        assertEquals(0, machine.run("profile", "--app", "group:name", "--", "java", "a.B"));
        String agent = machine.handedOver().get(1);
        assertTrue(agent.matches(".*,out=[^,]*/home/profiles/group_name-[0-9]{8}-[0-9]{6}-4711\\.mprof,.*"), agent);
    }

    @Test
    void shouldRefuseToProfileOnAnExplicitOldJava() throws IOException {
        String java = machine.jdk("old", "17.0.2").resolve("bin/java").toString();
        assertEquals(1, machine.run("profile", "--", java, "a.B"));
        assertEquals(List.of(), machine.handedOver());
        assertTrue(machine.err().contains("17.0.2") && machine.err().lines().count() == 1, machine.err());
    }

    @Test
    void shouldCompileThePolicyOfAFileIntoAPlan() throws IOException {
        assertEquals(0, machine.run("run", "--policy", policy("slab").toString(), "--", "java", "a.B"));
        String agent = machine.handedOver().get(1);
        String file = agent.replaceFirst(".*,plan=([^,]*),.*", "$1");
        Plan plan = PlanFormat.read(Path.of(file));
        assertEquals("slab", plan.rules().getFirst().spec().allocator());
        assertTrue(plan.limitBytes() > 0);
    }

    @Test
    void shouldStartUntouchedWhereThePolicyLeavesAll() throws IOException {
        assertEquals(0, machine.run("run", "--policy", policy("leave").toString(), "--", "java", "a.B"));
        assertEquals(List.of(""), machine.handedOver());
        assertEquals("metalloc: the policy for a.B leaves all as it is: starting it untouched\n", machine.err());
    }

    @Test
    void shouldSayWhichRulesCannotBeServed() throws IOException {
        Path file = policy("slab");
        Files.writeString(
                file,
                Files.readString(file)
                        + Files.readString(file)
                                .substring(Files.readString(file).indexOf("[[rule]]"))
                                .replace("UNSAFE", "MAPPED_FILE"));
        assertEquals(0, machine.run("run", "--policy", file.toString(), "--", "java", "a.B"));
        String note = "MAPPED_FILE cannot be served, whatever the policy says: the JDK serves it";
        assertEquals("metalloc: " + note + "\n", machine.err());
        String plan = machine.handedOver().get(1).replaceFirst(".*,plan=([^,]*),.*", "$1");
        assertEquals(1, PlanFormat.read(Path.of(plan)).rules().size());

        Files.writeString(file, Files.readString(file).replace("UNSAFE", "ARENA_GLOBAL"));
        assertEquals(0, machine.run("run", "--policy", file.toString(), "--", "java", "a.B"));
        assertEquals(List.of(""), machine.handedOver());
        assertTrue(
                machine.err()
                        .endsWith("the policy for a.B leaves all as it is, since ARENA_GLOBAL, " + note
                                + ": starting it untouched\n"),
                machine.err());
    }

    @Test
    void shouldStartAnExplicitOldJavaUntouched() throws IOException {
        String java = machine.jdk("old", "17.0.2").resolve("bin/java").toString();
        assertEquals(0, machine.run("run", "--policy", policy("slab").toString(), "--", java, "a.B"));
        assertEquals(List.of(""), machine.handedOver());
        assertTrue(machine.err().contains("17.0.2") && machine.err().lines().count() == 1, machine.err());
    }

    @Test
    void shouldWriteThePlanElsewhereWhereTheHomeCannotBeWritten() throws IOException {
        machine.with("METALLOC_HOME", Files.createFile(root.resolve("file")).resolve("home"));
        assertEquals(0, machine.run("run", "--policy", policy("slab").toString(), "--", "java", "a.B"));
        assertTrue(machine.handedOver().get(1).contains("=run,plan="), machine.err());
    }

    @Test
    void shouldProfileWhatIsUnknown() throws IOException {
        assertEquals(0, machine.run("auto", "--", "java", "a.B"));
        assertTrue(machine.handedOver().get(1).contains("=profile,"));
        assertEquals("metalloc: nothing known of a.B yet: profiling it\n", machine.err());
    }

    @Test
    void shouldStartACommandLineWithoutAnApplicationUntouched() throws IOException {
        for (String command : List.of("run", "auto")) {
            assertEquals(0, machine.run(command, "--", "java", "-version"));
            assertEquals(List.of(""), machine.handedOver());
        }
        String line = "metalloc: this command line starts no application: starting it untouched\n";
        assertEquals(line + line, machine.err());
    }

    private Path policy(String allocator) throws IOException {
        return Files.writeString(root.resolve("policy.toml"), """
                schema = 1
                app = "a.B"
                version = 1
                created = "2026-01-31T12:00:00Z"

                [[rule]]
                entryPoint = "UNSAFE"
                minBytes = 1
                maxBytes = 4096
                allocator = "%s"
                """.formatted(allocator));
    }

    /** There is no JDK here that could measure: it fails before. */
    @Test
    void shouldRefuseWhatIsNoTraceBeforeAnythingIsMeasured() throws IOException {
        Path file = Files.writeString(root.resolve("notes.mtrc.gz"), "not gzip");
        assertEquals(1, machine.run("replay", file.toString()));
        assertEquals(
                "metalloc: " + file + ": not a trace (expected: gzip, as recorded)",
                machine.err().strip());
    }
}
