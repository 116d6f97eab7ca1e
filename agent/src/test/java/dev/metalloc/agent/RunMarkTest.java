// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunMarkTest {

    @TempDir
    Path folder;

    @Test
    void shouldBeThereAndLockedUntilTheEnd() throws IOException {
        RunMark mark = new RunMark(folder);
        mark.begin();
        mark.hold();

        Path file = folder.resolve(names().getFirst());
        String name = String.valueOf(file.getFileName());
        assertTrue(name.matches(ProcessHandle.current().pid() + "-[0-9]+"), name);
        assertEquals(System.getProperty("user.dir"), Files.readAllLines(file).get(1));
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            Assertions.assertThrows(OverlappingFileLockException.class, channel::tryLock);
        }
        mark.end();
        assertEquals(List.of(name + ".ended"), names());
    }

    /** The end may come while the allocators are being made. */
    @Test
    void shouldNotBeginAfterTheEnd() throws IOException {
        RunMark mark = new RunMark(folder);
        mark.end();
        mark.begin();
        mark.hold();

        assertEquals(List.of(), names());
    }

    @Test
    void shouldThrowNothingWhereItCannotBeWritten() throws IOException {
        for (Path none : new Path[] {null, folder.resolve("none")}) {
            RunMark mark = new RunMark(none);
            mark.begin();
            mark.hold();
            mark.end();
        }
        assertEquals(List.of(), names());
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName())).toList();
        }
    }
}
