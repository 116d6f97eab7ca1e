// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunHistoryTest {

    /** Beyond the largest that the kernel gives. */
    private static final long NO_PROCESS = 1L << 23;

    private static final long OWN_PROCESS = 4711;

    @TempDir
    Path root;

    private Path folder;
    private String bootId;

    @BeforeEach
    void makeFolder() throws IOException {
        folder = Files.createDirectory(root.resolve("marks"));
        bootId = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
    }

    @Test
    void shouldDoubtAfterTwoOfThreeThatDidNotEndInOrder() throws IOException {
        assertEquals(Optional.empty(), doubt());
        mark(1, "");
        assertEquals(Optional.empty(), doubt());
        mark(2, ".ended");
        assertEquals(Optional.empty(), doubt());
        mark(3, "");
        String line = "2 of the last 3 runs by this policy crashed or were killed (for another policy:"
                + " metalloc recommend; to try this one again delete " + folder + ")";
        assertEquals(Optional.of(line), doubt());
        assertEquals(Optional.of(line), doubt());
    }

    @Test
    void shouldForgetAllButTheLastThree() throws IOException {
        mark(1, "");
        mark(2, ".ended");
        mark(3, ".ended");
        mark(4, "");

        assertEquals(Optional.empty(), doubt());
        assertEquals(List.of("2.ended", "3.ended", "4.died"), marks());
    }

    @Test
    void shouldDoubtAtOnceWhereTheJvmWroteAnErrorFile() throws IOException {
        mark(1000, "");
        Path usual = Files.createFile(root.resolve("hs_err_pid" + NO_PROCESS + ".log"));
        Files.setLastModifiedTime(usual, FileTime.fromMillis(999));
        assertEquals(Optional.empty(), doubt());
        Files.setLastModifiedTime(usual, FileTime.fromMillis(1000));
        assertTrue(doubt().orElse("").startsWith("a run by this policy crashed, see " + usual + " (for another"));
        Files.delete(usual);
        assertEquals(Optional.empty(), doubt());

        Path named = Files.createFile(root.resolve("crash-" + NO_PROCESS));
        String line = new RunHistory(folder, OWN_PROCESS).doubt("crash-%p").orElse("");
        assertTrue(line.contains("see " + named), line);
    }

    @Test
    void shouldNotCountOneThatRunsOrDiedWithTheMachine() throws IOException {
        mark(1, "");
        Files.writeString(mark(2, ""), "another boot\n" + root);
        try (FileChannel channel = FileChannel.open(mark(3, ""), StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertTrue(lock.isValid());
            assertEquals(Optional.empty(), doubt());
            assertEquals(List.of("1.died", "3"), marks());
        }
    }

    /** A JVM makes its mark a moment before it locks it. */
    @Test
    void shouldNotCountAYoungOneWhoseProcessIsThere() throws IOException {
        long now = System.currentTimeMillis();
        Files.writeString(folder.resolve(ProcessHandle.current().pid() + "-" + now), bootId + "\n" + root);
        assertEquals(Optional.empty(), doubt());
        assertEquals(List.of(Long.toString(now)), marks());

        // The caller's own process: the mark is of another one that had the number before.
        assertEquals(
                Optional.empty(), new RunHistory(folder, ProcessHandle.current().pid()).doubt(""));
        assertEquals(List.of(now + ".died"), marks());
    }

    private Optional<String> doubt() {
        return new RunHistory(folder, OWN_PROCESS).doubt("");
    }

    private Path mark(long startMillis, String end) throws IOException {
        return Files.writeString(folder.resolve(NO_PROCESS + "-" + startMillis + end), bootId + "\n" + root);
    }

    /** Without the processes. */
    private List<String> marks() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()).replaceAll("^.*-", ""))
                    .sorted()
                    .toList();
        }
    }
}
