// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.tools.attach.VirtualMachine;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.EntryPointProfile;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import example.app.Troubles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The agent goes into a running JVM and out again, in step with the application. */
class AttachIT {

    @TempDir
    Path folder;

    private ChildJvm child;
    private Process process;

    @BeforeEach
    void start() throws Exception {
        child = new ChildJvm(folder).option("-XX:+EnableDynamicAgentLoading");
        process = child.start(Troubles.class, "attached");
        awaitOutput("before");
    }

    @AfterEach
    void end() throws Exception {
        process.destroyForcibly().waitFor();
    }

    private void awaitOutput(String line) throws Exception {
        ProfileModeIT.awaitThat(
                process, () -> Files.readAllLines(child.out().toPath()).contains(line));
    }

    private void step() throws IOException {
        process.getOutputStream().write("\n".getBytes(StandardCharsets.US_ASCII));
        process.getOutputStream().flush();
    }

    /** Answers what the JVM says of its session. */
    private String load(String arguments) throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
        try {
            machine.loadAgent(ChildJvm.agentJar().toString(), arguments);
            return machine.getSystemProperties().getProperty(MetallocAgent.STATE_PROPERTY, "");
        } finally {
            machine.detach();
        }
    }

    private String attach(String name, String more) throws Exception {
        return load("profile,out=" + folder.resolve(name) + ",cache=" + folder.resolve("cache") + more);
    }

    private EntryPointProfile unsafe(String name) throws IOException {
        Profile profile = ProfileReader.read(folder.resolve(name));
        assertTrue(profile.run().complete());
        assertTrue(profile.run().lacks().toString().contains("attach"));
        assertTrue(profile.heaps().isEmpty(), "the heaps hold blocks of before");
        return profile.entryPoint(EntryPoint.UNSAFE).orElseThrow();
    }

    @Test
    void shouldRecordFromTheAttachToTheDetachAndAgain() throws Exception {
        assertEquals("recording " + folder.resolve("a.mprof"), attach("a.mprof", ",mode=full"));
        assertTrue(attach("b.mprof", "").startsWith("failed it is being profiled already"));
        step();
        awaitOutput("held 0");
        assertTrue(load("detach").startsWith("ended profiled "));
        EntryPointProfile first = unsafe("a.mprof");
        assertEquals(Troubles.BLOCKS_BEFORE_ATTACH, first.allocateCount());
        assertEquals(0, first.freeCount());
        assertEquals(Troubles.BLOCKS_BEFORE_ATTACH, first.unknownFreeCount());
        assertEquals("failed it is not being profiled (start with metalloc attach)", load("detach"));

        step();
        awaitOutput("held 1"); // seen by nobody
        attach("b.mprof", ",mode=full");
        step();
        awaitOutput("held 2");
        assertTrue(load("detach").startsWith("ended profiled "));
        EntryPointProfile second = unsafe("b.mprof");
        assertEquals(Troubles.BLOCKS_BEFORE_ATTACH, second.allocateCount());
        assertEquals(0, second.freeCount());
        assertEquals(Troubles.BLOCKS_BEFORE_ATTACH, second.unknownFreeCount());
        step();
        ChildJvm.Result result = child.await(process);
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("", result.err());
        assertEquals(Troubles.BLOCKS_BEFORE_ATTACH, unsafe("a.mprof").allocateCount());
    }

    /** What is found to be wrong last, when the file has its claim and the JDK its hooks. */
    @Test
    void shouldUndoAStartThatFails() throws Exception {
        assertTrue(attach("a.mprof", ",mode=full,durationMillis=soon").startsWith("failed durationMillis 'soon'"));
        assertFalse(Files.exists(folder.resolve(".metalloc.lock")));
        assertEquals("recording " + folder.resolve("a.mprof"), attach("a.mprof", ",mode=full"));
        step();
        awaitOutput("held 0");
        assertTrue(load("detach").startsWith("ended profiled "));
        assertEquals(Troubles.BLOCKS_BEFORE_ATTACH, unsafe("a.mprof").allocateCount());
    }

    @Test
    void shouldCountArenasInTheRecordingTheyWereOpenedIn() throws Exception {
        process.destroyForcibly().waitFor();
        process = child.start(Troubles.class, "attachedArenas");
        awaitOutput("before");
        attach("a.mprof", ",mode=full");
        step();
        awaitOutput("opened");
        assertTrue(load("detach").startsWith("ended profiled "));
        EntryPointProfile first = arenas("a.mprof", EntryPoint.ARENA_SHARED);
        assertEquals(1, first.arenas().openCount());
        assertEquals(0, first.arenas().closeCount());
        assertEquals(1, arenas("a.mprof", EntryPoint.ARENA_CONFINED).arenas().openCount());

        step();
        awaitOutput("between");
        attach("b.mprof", ",mode=full");
        step();
        awaitOutput("closed");
        assertTrue(load("detach").startsWith("ended profiled "));
        EntryPointProfile second = arenas("b.mprof", EntryPoint.ARENA_SHARED);
        assertEquals(1, second.arenas().openCount());
        assertEquals(1, second.arenas().closeCount());
        assertEquals(1, second.allocateCount());
        assertEquals(1, second.freeCount());
        assertEquals(1, arenas("b.mprof", EntryPoint.ARENA_GLOBAL).allocateCount());
        assertTrue(ProfileReader.read(folder.resolve("b.mprof"))
                .entryPoint(EntryPoint.ARENA_CONFINED)
                .isEmpty());
    }

    private EntryPointProfile arenas(String name, EntryPoint kind) throws IOException {
        return ProfileReader.read(folder.resolve(name)).entryPoint(kind).orElseThrow();
    }

    /** A sample cannot say of a free whether it saw the block's birth; the followed ones say that none of theirs ended. */
    @Test
    void shouldNotTakeOlderBlocksForItsOwnWhenSampling() throws Exception {
        attach("a.mprof", "");
        step();
        awaitOutput("held 0");
        load("detach");
        EntryPointProfile unsafe = unsafe("a.mprof");
        assertEquals(Troubles.BLOCKS_BEFORE_ATTACH, unsafe.allocateCount());
        assertEquals(0, unsafe.freeCount());
        assertEquals(Troubles.BLOCKS_BEFORE_ATTACH, unsafe.unknownFreeCount());
    }

    @Test
    void shouldEndAfterItsTime() throws Exception {
        attach("a.mprof", ",durationMillis=300");
        ProfileModeIT.awaitThat(process, () -> ended().startsWith("ended profiled "));
        step();
        awaitOutput("held 0");
        assertTrue(ProfileReader.read(folder.resolve("a.mprof")).run().complete());
        assertFalse(ProfileReader.read(folder.resolve("a.mprof"))
                .entryPoint(EntryPoint.UNSAFE)
                .isPresent());
    }

    private String ended() throws Exception {
        VirtualMachine machine = VirtualMachine.attach(Long.toString(process.pid()));
        try {
            return machine.getSystemProperties().getProperty(MetallocAgent.STATE_PROPERTY, "");
        } finally {
            machine.detach();
        }
    }

    @Test
    void shouldWriteAtTheEndOfTheApplication() throws Exception {
        attach("a.mprof", ",mode=full");
        for (int i = 0; i < 4; i++) {
            step();
        }
        ChildJvm.Result result = child.await(process);
        assertEquals(0, result.exitCode(), result.err());
        assertEquals("", result.err());
        assertEquals(3L * Troubles.BLOCKS_BEFORE_ATTACH, unsafe("a.mprof").allocateCount());
        assertEquals(3L * Troubles.BLOCKS_BEFORE_ATTACH, unsafe("a.mprof").freeCount());
    }
}
