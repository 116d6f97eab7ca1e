// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.profiler.io;

import dev.metalloc.profiler.api.Profile;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicLong;

/** Writes profiles as files. A reader sees the old file or the new one, never a part; any thread. */
public final class ProfileWriter {
    private static final AtomicLong NUMBERS = new AtomicLong();
    /** Tells this process from others of the same number: each container's first one is 1. */
    private static final String PROCESS =
            ProcessHandle.current().pid() + "-" + Long.toHexString(System.currentTimeMillis() ^ System.nanoTime());

    private ProfileWriter() {}

    /** Replaces the file; on failure it is left as it was and nothing is left beside it. */
    public static void write(Path file, Profile profile) throws IOException {
        write(file, profile, true);
    }

    /**
     * The same for a file that is soon replaced again: it outlives the process, but need not outlive the machine, and does
     * not wait for the disk.
     */
    public static void writeInterim(Path file, Profile profile) throws IOException {
        write(file, profile, false);
    }

    private static void write(Path file, Profile profile, boolean durable) throws IOException {
        byte[] bytes = ProfileEncoder.encode(profile);
        if (bytes.length > ProfileFormat.MAX_BYTES) {
            throw new IOException("profile of " + bytes.length + " bytes is larger than the format's "
                    + ProfileFormat.MAX_BYTES + " (merge fewer runs)");
        }
        Path target = file.toAbsolutePath();
        if (Files.exists(target) && !Files.isRegularFile(target)) {
            throw new IOException("cannot write " + target + ": it is a folder or a device (name a file)");
        }
        Path temporary = temporaryBeside(target);
        try {
            store(temporary, bytes, durable);
            replace(temporary, target);
        } catch (IOException e) {
            throw new IOException("cannot write " + target + ": " + reason(e), e);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** In the same folder, because only a rename within a file system is atomic; {@code .NAME.*.tmp}. */
    static Path temporaryBeside(Path target) throws IOException {
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw new IOException("cannot write " + target + ": its folder does not exist (create it)");
        }
        long number = NUMBERS.getAndIncrement();
        return folder.resolve("." + target.getFileName() + "." + PROCESS + "-" + number + ".tmp");
    }

    private static void store(Path file, byte[] bytes, boolean durable) throws IOException {
        // No channel: it would allocate a direct buffer, and the profiler would see itself.
        try (FileOutputStream out = new FileOutputStream(file.toFile())) {
            out.write(bytes);
            if (durable) {
                out.getFD().sync(); // or a crash after the rename could leave an empty file under the good name
            }
        }
    }

    private static void replace(Path temporary, Path target) throws IOException {
        try {
            Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(temporary, target, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private static String reason(IOException e) {
        String message = e.getMessage();
        return e.getClass().getSimpleName() + (message == null ? "" : ": " + message);
    }
}
