// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.bench.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.metalloc.bench.cli.Metalloc.Ended;
import dev.metalloc.profiler.api.EntryPoint;
import dev.metalloc.profiler.api.Profile;
import dev.metalloc.profiler.io.ProfileReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandIT {

    @TempDir
    Path scratch;

    private Metalloc metalloc;

    @BeforeEach
    void makeHome() {
        metalloc = new Metalloc(scratch);
    }

    private Ended started(String command, List<String> application) throws IOException, InterruptedException {
        return metalloc.run(Metalloc.behind(List.of(command), application));
    }

    private static void assertOneLine(int exitCode, String contained, Ended ended) {
        assertEquals(exitCode, ended.exitCode(), ended.err());
        assertEquals(1, ended.err().lines().count(), ended.err());
        assertTrue(ended.err().startsWith("metalloc: ") && ended.err().contains(contained), ended.err());
        assertEquals("", ended.out());
    }

    @ParameterizedTest
    @CsvSource({
        "bogus, 2, unknown command: bogus",
        "db bogus, 2, unknown command: bogus",
        "profile, 2, no application given",
        "profile --bogus, 2, --bogus",
        "profile --trace /proc/x -- java -version, 1, cannot write /proc/x (choose another file with --trace)",
        "attach, 2, PID",
        "attach nobody, 2, nobody",
        "attach 99999999, 1, no process 99999999",
        "detach 99999999, 1, no process 99999999",
        "replay gone.mtrc.gz, 1, no such trace",
        "replay --against bogus x, 2, bogus",
        "recommend, 2, PROFILE|APP",
        "recommend gone.mprof, 1, no such file",
        "recommend nobody, 1, nobody",
        "db show nobody, 1, nothing known of nobody",
        "run -- ./gone, 1, no such command",
        "run --policy gone.toml -- java -version, 1, no such file",
    })
    void shouldSayInOneLineWhatIsWrong(String words, int exitCode, String contained) throws Exception {
        assertOneLine(exitCode, contained, metalloc.metalloc(words.split(" ")));
    }

    @Test
    void shouldRefuseAJavaHomeThatIsNone() throws Exception {
        assertOneLine(
                1,
                "is no JDK 22 or later",
                metalloc.with("METALLOC_JAVA_HOME", scratch).metalloc("db", "list"));
    }

    @Test
    void shouldRefuseWhatIsNoProfile() throws Exception {
        Path file = scratch.resolve("noise.mprof");
        Files.writeString(file, "this is no profile");
        assertOneLine(1, file + ": not a Metalloc profile", metalloc.metalloc("recommend", file.toString()));
    }

    @Test
    void shouldRefuseATruncatedProfile() throws Exception {
        Path file = scratch.resolve("x.mprof");
        metalloc.run(Metalloc.behind(List.of("profile", "-o", file.toString()), application("0")));
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 10));
        assertOneLine(1, file + ": truncated", metalloc.metalloc("recommend", file.toString()));
    }

    @Test
    void shouldStartTheApplicationWithoutAHome() throws Exception {
        Path file = Files.createFile(scratch.resolve("file"));
        metalloc.with("METALLOC_HOME", file.resolve("home"));
        assertOneLine(1, "cannot write METALLOC_HOME", started("profile", application("0")));
        assertOneLine(1, "cannot write METALLOC_HOME", metalloc.metalloc("db", "list"));
        Ended run = started("run", application("3"));
        assertEquals(3, run.exitCode());
        assertEquals("allocated 6400\n", run.out());
        assertEquals(1, run.err().lines().count(), run.err());
    }

    @Test
    void shouldStartAnUnknownApplicationUntouchedAndSaySo() throws Exception {
        Ended run = started("run", application("0"));
        assertEquals("allocated 6400\n", run.out());
        // Of the packages beside it on the class path there are seeds, all of which leave this application alone.
        String name = Pattern.quote(PatientApplication.class.getName());
        String said = "metalloc: no policy known for " + name
                + ", and the seeds .+ leave all as it is: starting it untouched\n";
        assertTrue(run.err().matches(said), run.err());
    }

    @ParameterizedTest
    @CsvSource({"profile", "run", "auto"})
    void shouldKeepTheExitCode(String command) throws Exception {
        assertEquals(7, started(command, application("7")).exitCode());
    }

    @Test
    void shouldPassWordsOnAsTheyAre() throws Exception {
        Ended run = started("run", List.of("printf", "%s|", "a b", "", "*", "--", "-o", "$HOME", "é", "a\nb"));
        assertEquals("a b||*|--|-o|$HOME|é|a\nb|", run.out());
    }

    @Test
    void shouldPassStandardInputOnByteForByte() throws Exception {
        byte[] bytes = new byte[1 << 16];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (i * 31);
        }
        Process process = metalloc.start(Metalloc.behind(List.of("run"), List.of("cat")));
        try (OutputStream input = process.getOutputStream()) {
            input.write(bytes);
        }
        assertArrayEquals(bytes, process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor());
    }

    @Test
    void shouldLeaveAReadableProfileWhenTerminated() throws Exception {
        Path file = scratch.resolve("terminated.mprof");
        Process process =
                metalloc.start(Metalloc.behind(List.of("profile", "-o", file.toString()), application("wait")));
        BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        assertEquals("allocated 6400", out.readLine());
        // The script has become the application by now, so this is the JVM's own signal.
        process.destroy();
        assertEquals(128 + 15, process.waitFor());
        Profile profile = ProfileReader.read(file);
        assertEquals(
                PatientApplication.ALLOCATION_COUNT,
                profile.entryPoint(EntryPoint.ARENA_CONFINED).orElseThrow().allocateCount());
    }

    @Test
    void shouldProfileJavaVersion() throws Exception {
        Ended ended = started("profile", List.of(Metalloc.JAVA, "-version"));
        assertEquals(0, ended.exitCode(), ended.err());
        assertTrue(ended.err().contains("version \""), ended.err());
    }

    @Test
    void shouldWorkThroughASymbolicLink() throws Exception {
        Path link = scratch.resolve("linked");
        Files.createSymbolicLink(link, Metalloc.INSTALLATION.resolve("bin/metalloc"));
        Ended ended = metalloc.run(List.of("./linked", "db", "list"));
        assertEquals(0, ended.exitCode(), ended.err());
    }

    @Test
    void shouldProfileFirstAndKnowTheApplicationAfterwards() throws Exception {
        Ended first = started("auto", application("0"));
        assertTrue(first.err().contains("nothing known of " + PatientApplication.class.getName()), first.err());
        Ended second = started("auto", application("0"));
        assertEquals(first.out(), second.out());
        assertEquals(0, second.exitCode(), second.err());
        String listed = metalloc.metalloc("db", "list").out();
        assertTrue(listed.startsWith(PatientApplication.class.getName() + "\tprofiles=1\tpolicy=1"), listed);
        String shown = metalloc.metalloc("db", "show", PatientApplication.class.getName())
                .out();
        assertTrue(shown.contains("ARENA_CONFINED: " + PatientApplication.ALLOCATION_COUNT + " allocations"), shown);
    }

    private static List<String> application(String argument) {
        return Metalloc.java(PatientApplication.class.getName(), argument);
    }
}
