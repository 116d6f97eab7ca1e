// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The right to write one file, which no other JVM with an agent has at the same time: child processes inherit the
 * agent's options, and with them the name of the file.
 *
 * <p>Any thread. Lasts until {@link #release} or the end of the process, however it ends. Where no lock can be had the file is written all the
 * same, and {@link #isHeld} says so.
 */
final class FileClaim {

    private final Path file;
    /** Without links, so that there is one lock to a folder; null where none is held. */
    private final @Nullable Path lockedFolder;

    private FileClaim(Path file, @Nullable Path lockedFolder) {
        this.file = file;
        this.lockedFolder = lockedFolder;
    }

    /** The wanted file, or, where another JVM writes that, one whose name has this process's number in it. */
    static FileClaim of(Path wanted) {
        Path file = wanted.toAbsolutePath().normalize();
        Path folder;
        boolean taken;
        try {
            folder = folder(file);
            if (!Files.isDirectory(folder)) { // which a link to one is
                Files.createDirectories(folder);
            }
            folder = folder.toRealPath();
            taken = FolderLock.take(folder, name(file));
        } catch (IOException e) {
            // No locks here, or no folder, which the first writing will say.
            return new FileClaim(file, null);
        }
        if (!taken) {
            return of(withProcessId(file));
        }
        deletePartsOfKilledProcesses(file);
        return new FileClaim(file, folder);
    }

    Path file() {
        return file;
    }

    /** False where the file system has no locks, say: another JVM may write the file as well. */
    boolean isHeld() {
        return lockedFolder != null;
    }

    void release() {
        if (lockedFolder != null) {
            try {
                FolderLock.release(lockedFolder, name(file));
            } catch (IOException e) {
                return; // it ends with the process
            }
        }
    }

    /** What {@code ProfileWriter} had begun. */
    private static void deletePartsOfKilledProcesses(Path file) {
        String begin = "." + name(file) + ".";
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder(file))) {
            for (Path entry : entries) {
                if (name(entry).startsWith(begin) && name(entry).endsWith(".tmp")) {
                    Files.deleteIfExists(entry);
                }
            }
        } catch (IOException e) {
            return; // they only take up space
        }
    }

    private static Path withProcessId(Path file) {
        String name = name(file);
        int dot = name.indexOf('.', 1);
        int at = dot < 0 ? name.length() : dot;
        String other = name.substring(0, at) + "-" + ProcessHandle.current().pid() + name.substring(at);
        return folder(file).resolve(other);
    }

    private static Path folder(Path file) {
        Path folder = file.getParent();
        if (folder == null) {
            throw new IllegalArgumentException(file + " is no file's name (choose another file with -o)");
        }
        return folder;
    }

    private static String name(Path file) {
        return String.valueOf(file.getFileName());
    }
}
