// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The right to write one file, which no other JVM with an agent has at the same time: child processes inherit the
 * agent's options, and with them the name of the file.
 *
 * <p>Any thread. Lasts until {@link #release} or the end of the process, however it ends.
 */
/* Implementation notes
 *
 * One lock file to a folder, and in it one byte for each name, chosen by hash: so nothing has to be deleted afterwards, which
 * could not be done without a race. The system takes such a lock back when a process dies. It also does so when the process
 * closes any channel of the file: hence one channel to a folder, which stays open.
 */
final class FileClaim {

    private static final String LOCK_FILE = ".metalloc.lock";

    private static final Map<Path, FileChannel> CHANNELS = new HashMap<>();

    private final Path file;
    private final @Nullable FileLock lock;

    private FileClaim(Path file, @Nullable FileLock lock) {
        this.file = file;
        this.lock = lock;
    }

    /** The wanted file, or, where another JVM writes that, one whose name has this process's number in it. */
    static FileClaim of(Path wanted) {
        Path file = wanted.toAbsolutePath().normalize();
        FileLock lock;
        try {
            lock = lock(file);
        } catch (IOException e) {
            // No locks here, or no folder, which the first writing will say.
            return new FileClaim(file, null);
        }
        if (lock == null) {
            return of(withProcessId(file));
        }
        deletePartsOfKilledProcesses(file);
        return new FileClaim(file, lock);
    }

    Path file() {
        return file;
    }

    void release() {
        if (lock != null) {
            try {
                lock.release();
            } catch (IOException e) {
                return; // it ends with the process
            }
        }
    }

    /** Null where somebody else has it. */
    private static synchronized @Nullable FileLock lock(Path file) throws IOException {
        Path folder = folder(file);
        Files.createDirectories(folder);
        FileChannel channel = CHANNELS.get(folder);
        if (channel == null) {
            channel = FileChannel.open(folder.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            CHANNELS.put(folder, channel);
        }
        try {
            return channel.tryLock(name(file).hashCode() & Integer.MAX_VALUE, 1, false);
        } catch (OverlappingFileLockException e) {
            return null;
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
