// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.launcher.TestSurroundings;
import dev.metalloc.profiler.aggregate.ProfileBuilder;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.api.ProfileMode;
import dev.metalloc.profiler.api.RunInfo;
import dev.metalloc.profiler.io.ProfileWriter;
import dev.metalloc.profiler.record.Recorder;
import dev.metalloc.profiler.record.RecorderOptions;
import dev.metalloc.profiler.record.ThreadRecorder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The measuring JVM is a script that says what a replay would. */
class RecommendVerifyTest {

    @TempDir
    Path root;

    private TestSurroundings machine;

    @BeforeEach
    void makeMachine() throws IOException {
        machine = new TestSurroundings(root).with("METALLOC_COSTS", "shipped");
        ProfileWriter.write(root.resolve("busy.mprof"), busy());
    }

    /** Four million small blocks a second. */
    @SuppressWarnings("EnumOrdinal") // numbers of entry points, as the agent passes them
    private static Profile busy() {
        long nanos = 50_000_000;
        Recorder recorder = new Recorder(RecorderOptions.full(), into -> {});
        ThreadRecorder thread = recorder.threadRecorder(Thread.currentThread());
        recorder.tick(1_000);
        for (int i = 0; i < 200_000; i++) {
            thread.allocated(EntryPoint.UNSAFE.ordinal(), 0x10000, 64, 8, 0);
            thread.freed(EntryPoint.UNSAFE.ordinal(), 0x10000);
        }
        recorder.tick(nanos + 1_000);
        RunInfo run = new RunInfo("busy", "25.0.3+9-LTS", ProfileMode.FULL, 0, nanos, 1, true, List.of());
        return ProfileBuilder.build(recorder.snapshot(), run);
    }

    private int recommend(String measured) throws IOException {
        Path java = root.resolve("jdk/own/bin/java");
        Files.writeString(java, "#!/bin/sh\n" + measured + "\n");
        return machine.run("recommend", "busy.mprof", "--verify", "-o", "busy.toml");
    }

    @Test
    void shouldSayThatWhatIsNotConfirmedIsKeptAllTheSame() throws IOException {
        assertEquals(0, recommend("echo verification UNSAFE 0.9 30 0.1 31 0.1 1000 2000"), machine.err());
        List<String> lines = machine.out().lines().toList();
        assertTrue(lines.get(lines.size() - 2).contains("NOT confirmed"), machine.out());
        assertTrue(lines.getLast().startsWith("  the policy is kept all the same"), machine.out());
        assertTrue(Files.exists(root.resolve("busy.toml")));
    }

    @Test
    void shouldSayNoSuchThingOfWhatIsConfirmed() throws IOException {
        assertEquals(0, recommend("echo verification UNSAFE 0.9 30 0.1 10 0.1 1000 2000"), machine.err());
        assertTrue(machine.out().strip().endsWith("the choice is confirmed"), machine.out());
    }

    @Test
    void shouldKeepNoPolicyWhereTheCheckFails() throws IOException {
        assertEquals(1, recommend("echo metalloc: out of luck >&2; exit 1"));
        assertEquals("metalloc: out of luck", machine.err().strip());
        assertFalse(Files.exists(root.resolve("busy.toml")));
        assertEquals(1, machine.run("db", "show", "busy"), machine.out());
    }

    @Test
    void shouldSayWhatCouldNotBeReplayed() throws IOException {
        assertEquals(0, recommend("true"), machine.err());
        assertTrue(machine.out().contains("UNSAFE: not checked"), machine.out());
    }
}
