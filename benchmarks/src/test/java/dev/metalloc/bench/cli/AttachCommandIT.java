// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.metalloc.bench.cli.Metalloc.Ended;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AttachCommandIT {

    @TempDir
    Path scratch;

    private Metalloc metalloc;
    private final List<Process> started = new ArrayList<>();

    @BeforeEach
    void makeHome() {
        metalloc = new Metalloc(scratch);
    }

    @AfterEach
    void endAll() throws InterruptedException {
        for (Process process : started) {
            process.destroyForcibly().waitFor();
        }
    }

    private Process application(String... options) throws Exception {
        List<String> line = new ArrayList<>(Metalloc.java(PatientApplication.class.getName(), "wait"));
        line.addAll(1, List.of(options));
        return application(line);
    }

    private Process application(List<String> line) throws Exception {
        Process process = new ProcessBuilder(line)
                .redirectError(scratch.resolve("application-stderr").toFile())
                .start();
        started.add(process);
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            assertEquals("allocated 6400", out.readLine());
        }
        return process;
    }

    private Ended attach(long processId, String... more) throws Exception {
        List<String> words = new ArrayList<>(List.of("attach", Long.toString(processId)));
        words.addAll(List.of(more));
        return metalloc.metalloc(words.toArray(String[]::new));
    }

    private Path policy() throws Exception {
        return Files.writeString(scratch.resolve("p.toml"), """
                schema = 1
                app = "any"
                version = 1
                created = "2026-01-31T12:00:00Z"
                [[rule]]
                entryPoint = "UNSAFE"
                minBytes = 1
                maxBytes = 4096
                allocator = "slab"
                """);
    }

    private static void assertRefusal(String contained, Ended ended) {
        assertEquals(1, ended.exitCode(), ended.err());
        String last = ended.err().lines().toList().getLast();
        assertTrue(last.startsWith("metalloc: ") && last.contains(contained), ended.err());
    }

    @Test
    void shouldRecordForAWhileAndLeaveTheApplicationAsItWas() throws Exception {
        Process process = application("-XX:+EnableDynamicAgentLoading");
        Path file = scratch.resolve("a.mprof");
        Ended attached = attach(process.pid(), "--duration", "500ms", "-o", file.toString());
        assertEquals(0, attached.exitCode(), attached.err());
        assertEquals("", attached.out());
        assertTrue(attached.err().contains("metalloc: recording process " + process.pid() + " for 0.5 s"));
        assertTrue(attached.err().contains("metalloc: profiled "), attached.err());
        Profile profile = ProfileReader.read(file);
        assertTrue(profile.run().complete());
        assertEquals(PatientApplication.class.getName(), profile.run().app());
        assertEquals("", Files.readString(scratch.resolve("application-stderr")));
        assertTrue(process.isAlive());
        assertRefusal("it is not being profiled", metalloc.metalloc("detach", Long.toString(process.pid())));
    }

    @Test
    void shouldEndEarlierWhenDetached() throws Exception {
        Process process = application();
        Metalloc other = new Metalloc(Files.createDirectory(scratch.resolve("other")));
        Process attaching = other.start(Metalloc.line("attach", Long.toString(process.pid()), "--duration", "1h"));
        started.add(attaching);
        Ended detached;
        do {
            detached = metalloc.metalloc("detach", Long.toString(process.pid()));
        } while (detached.exitCode() != 0 && attaching.isAlive());
        assertTrue(detached.err().startsWith("metalloc: profiled "), detached.err());
        assertTrue(attaching.waitFor(60, TimeUnit.SECONDS));
        Ended attached = other.end(attaching);
        assertEquals(0, attached.exitCode(), attached.err());
        assertTrue(attached.err().contains("metalloc: profiled "), attached.err());
        assertTrue(attached.err().contains("EnableDynamicAgentLoading"), attached.err());
    }

    @Test
    void shouldDispatchAJvmThatRuns() throws Exception {
        Process process = application("-XX:+EnableDynamicAgentLoading");
        String processId = Long.toString(process.pid());
        Path policy = policy();
        assertRefusal("no policy file and no application called", metalloc.metalloc("run", "--pid", processId));
        Ended dispatched = metalloc.metalloc("run", "--policy", policy.toString(), "--pid", processId);
        assertEquals(0, dispatched.exitCode(), dispatched.err());
        assertEquals("", dispatched.out());
        assertTrue(dispatched.err().contains("takes new blocks as its policy says"), dispatched.err());
        assertEquals("", Files.readString(scratch.resolve("application-stderr")));
        assertTrue(process.isAlive());
        assertEquals(0, metalloc.metalloc("detach", processId).exitCode());
        assertRefusal(
                "no process 99999999", metalloc.metalloc("run", "--policy", policy.toString(), "--pid", "99999999"));
        assertEquals(
                2,
                metalloc.metalloc("run", "--pid", processId, "--", "java", "Main")
                        .exitCode());
    }

    /** Plans are written for their owner alone, into a folder that need not let anybody else in. */
    @Test
    void shouldDispatchAJvmOfAnotherUser() throws Exception {
        Path setpriv = Path.of("/usr/bin/setpriv");
        assumeTrue(System.getProperty("user.name").equals("root") && Files.isExecutable(setpriv), "needs root");
        List<String> line =
                new ArrayList<>(List.of(setpriv.toString(), "--reuid=65534", "--regid=65534", "--clear-groups"));
        line.addAll(Metalloc.java(PatientApplication.class.getName(), "wait"));
        line.add(line.indexOf("-cp"), "-XX:+EnableDynamicAgentLoading");
        Process process = application(line);
        Path policy = policy();
        Ended dispatched = metalloc.metalloc("run", "--policy", policy.toString(), "--pid", "" + process.pid());
        assertEquals(0, dispatched.exitCode(), dispatched.err());
        assertTrue(dispatched.err().contains("takes new blocks as its policy says"), dispatched.err());
    }

    @Test
    void shouldSayWhyNot() throws Exception {
        assertRefusal("no process 99999999", attach(99_999_999));
        assertRefusal("no process 99999999", metalloc.metalloc("detach", "99999999"));
        Process sleeping = new ProcessBuilder("sleep", "600").start();
        started.add(sleeping);
        assertRefusal("process " + sleeping.pid() + " is not a JVM", attach(sleeping.pid()));
        assertTrue(sleeping.isAlive());
        Process closed = application("-XX:-EnableDynamicAgentLoading");
        assertRefusal("did not load the agent", attach(closed.pid()));
        Process shut = application("-XX:+DisableAttachMechanism");
        assertRefusal("lets nobody attach", attach(shut.pid()));
        assertTrue(closed.isAlive() && shut.isAlive());
        Ended wrong = attach(closed.pid(), "--duration", "soon");
        assertEquals(2, wrong.exitCode());
        assertTrue(wrong.err().contains("'soon' is no length of time"), wrong.err());
    }

    @Test
    void shouldNotWriteWhereItCannot() throws Exception {
        Process process = application();
        assertRefusal("cannot write /proc/a.mprof", attach(process.pid(), "-o", "/proc/a.mprof"));
        assertTrue(process.isAlive());
    }
}
