// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.io.File;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file that says that this JVM serves by a policy, renamed when it ends in order: one that keeps its first name, and that no
 * process has locked, is of a JVM that crashed or was killed.
 *
 * <p>Its name is the process's id and the time, in milliseconds; within are the system's boot id and the JVM's folder, a line each.
 * Any thread. Whatever goes wrong, there is no file, and nothing is thrown.
 */
final class RunMark {

    static final String ENDED = ".ended";

    private final @Nullable Path folder;
    private @Nullable File file;
    private @Nullable RandomAccessFile locked;
    private boolean ended;

    /** @param folder exists; null for no file */
    RunMark(@Nullable Path folder) {
        this.folder = folder;
    }

    /** Before the first block is served: the file alone, since callers wait. */
    synchronized void begin() {
        if (folder == null || ended) {
            return;
        }
        try {
            // Plain files: an application waits, and what knows processes brings a pool of threads.
            String processId = new File("/proc/self").getCanonicalFile().getName();
            File mark = new File(folder.toString(), processId + "-" + System.currentTimeMillis());
            try (FileOutputStream out = new FileOutputStream(mark)) {
                out.write((bootId() + "\n" + System.getProperty("user.dir", "")).getBytes(StandardCharsets.UTF_8));
            }
            file = mark;
        } catch (IOException | RuntimeException e) {
            file = null;
        }
    }

    private static String bootId() throws IOException {
        try (FileInputStream in = new FileInputStream("/proc/sys/kernel/random/boot_id")) {
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII).strip();
        }
    }

    /** Locks the file until the process ends, however it ends. */
    synchronized void hold() {
        if (file == null || ended) {
            return;
        }
        try {
            locked = new RandomAccessFile(file, "rw");
            locked.getChannel().tryLock();
        } catch (IOException | RuntimeException e) {
            return; // a file system without locks: nobody can tell then, and nobody will
        }
    }

    /** Says that the JVM ends in order; it does not begin after that. */
    synchronized void end() {
        ended = true;
        File mark = file;
        if (mark != null) {
            file = null;
            mark.renameTo(new File(mark.getPath() + ENDED));
        }
    }
}
