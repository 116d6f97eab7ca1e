// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileClaimTest {

    @TempDir
    Path parent;

    private Path folder;
    private Path link;

    @BeforeEach
    void makeFolders() throws IOException {
        folder = Files.createDirectory(parent.resolve("folder"));
        link = Files.createSymbolicLink(parent.resolve("link"), folder);
    }

    private boolean isLockFileThere() {
        return Files.exists(folder.resolve(".metalloc.lock"));
    }

    /** As a profile and its trace, the one of which goes by the folder's own path. */
    @Test
    void shouldKnowAFolderByEachOfItsPaths() {
        FileClaim profile = FileClaim.of(folder.resolve("a.mprof"));
        FileClaim trace = FileClaim.of(link.resolve("a.mtrc.gz"));
        assertEquals(link.resolve("a.mtrc.gz"), trace.file(), "as it was asked for");
        FileClaim other = FileClaim.of(link.resolve("a.mprof"));
        assertEquals(link.resolve("a-" + ProcessHandle.current().pid() + ".mprof"), other.file());
        other.release();
        trace.release();
        assertTrue(isLockFileThere(), "the profile's claim is still held");
        profile.release();
        assertFalse(isLockFileThere());
    }

    @Test
    void shouldSayWhereNoLockIsHeld() throws IOException {
        assertTrue(FileClaim.of(link.resolve("b.mprof")).isHeld());
        Files.createDirectory(parent.resolve(".metalloc.lock"));
        FileClaim claim = FileClaim.of(parent.resolve("a.mprof"));
        assertFalse(claim.isHeld());
        assertEquals(parent.resolve("a.mprof"), claim.file());
        claim.release();
    }

    /** A class of another loader, say. */
    @Test
    void shouldLeaveTheFileWhereThisJvmHasItOpenByAnotherWay() throws IOException {
        FileClaim claim = FileClaim.of(folder.resolve("a.mprof"));
        try (FileChannel other = FileChannel.open(folder.resolve(".metalloc.lock"), StandardOpenOption.WRITE);
                FileLock lock = other.lock(1L << 31, 1, false)) {
            assertTrue(lock.isValid());
            claim.release();
            assertTrue(isLockFileThere());
        }
    }
}
