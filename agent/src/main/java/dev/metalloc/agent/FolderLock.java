// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.agent;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The names in one folder that this JVM has taken, against all other JVMs; the file that says so is there only as long as one of
 * them has a name.
 *
 * <p>Any thread. A name is given back by {@link #release} or by the end of the process, however it ends. A process that was
 * killed leaves the file behind until the next one in that folder ends in order.
 */
/* Implementation notes
 *
 * Each name is one byte of the file, chosen by hash. The system takes such a lock back when a process dies. It also does so when
 * the process closes any channel of the file: hence one channel to a folder, and nobody looks at the file but by its attributes.
 *
 * Deleting a lock file races with those who have just opened it and would then lock what nobody else can see. So one more byte, the
 * gate, is held for the short moments in which a name is taken or given back, and whoever has passed it looks whether the path
 * still leads to the file that it has open; if not, it begins anew. An open file keeps its number, so that two looks before and
 * after the opening that agree say which file was opened.
 */
final class FolderLock {

    private static final String FILE = ".metalloc.lock";
    /** Beyond the bytes of all names. */
    private static final long GATE = 1L << 32;

    private static final long GATE_WAIT_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long GATE_PAUSE_NANOS = 1_000_000;
    private static final int MOST_TURNS = 100;

    private static final Map<Path, FolderLock> HELD = new HashMap<>();

    private final Path file;
    private final FileChannel channel;
    private final Object key;
    private final Map<String, FileLock> names = new HashMap<>();

    private FolderLock(Path file, FileChannel channel, Object key) {
        this.file = file;
        this.channel = channel;
        this.key = key;
    }

    /** Whether the name is this JVM's now; false where anybody has it already. Of two paths to one folder, the real one is wanted. */
    static synchronized boolean take(Path folder, String name) throws IOException {
        for (int turn = 0; turn < MOST_TURNS; turn++) {
            FolderLock held = HELD.get(folder);
            FolderLock lock = held != null ? held : open(folder.resolve(FILE));
            if (lock == null) {
                continue;
            }
            FileLock gate = lock.passGate();
            try {
                if (held == null && !lock.key.equals(key(lock.file))) {
                    continue;
                }
                HELD.put(folder, lock);
                return lock.takeName(name);
            } finally {
                leave(gate);
                if (lock.names.isEmpty()) {
                    HELD.remove(folder);
                    lock.channel.close();
                }
            }
        }
        throw new IOException(folder.resolve(FILE) + " comes and goes");
    }

    /** Gives a name back, and deletes the file where that was the last one. */
    static synchronized void release(Path folder, String name) throws IOException {
        FolderLock lock = HELD.get(folder);
        FileLock taken = lock == null ? null : lock.names.remove(name);
        if (lock == null || taken == null) {
            return;
        }
        FileLock gate = lock.passGate();
        try {
            taken.release();
            if (gate != null && lock.names.isEmpty() && lock.isFree()) {
                Files.deleteIfExists(lock.file);
            }
        } finally {
            leave(gate);
            if (lock.names.isEmpty()) {
                HELD.remove(folder);
                lock.channel.close();
            }
        }
    }

    /** Null where the file changed meanwhile. */
    private static @Nullable FolderLock open(Path file) throws IOException {
        try {
            Files.createFile(file);
        } catch (FileAlreadyExistsException e) {
            // somebody else's, or left by a killed process
        }
        Object before = key(file);
        FileChannel channel;
        try {
            channel = FileChannel.open(file, StandardOpenOption.WRITE);
        } catch (NoSuchFileException e) {
            return null;
        }
        Object after = key(file);
        if (after == null || !after.equals(before)) {
            channel.close();
            return null;
        }
        return new FolderLock(file, channel, after);
    }

    /** What tells the file from one of the same name; null where there is none. */
    private static @Nullable Object key(Path file) throws IOException {
        try {
            Object key = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
            return key != null ? key : file; // a system without such keys does not delete open files
        } catch (NoSuchFileException e) {
            return null;
        }
    }

    private boolean takeName(String name) throws IOException {
        FileLock lock = tryLock(name.hashCode() & Integer.MAX_VALUE, 1);
        if (lock != null) {
            names.put(name, lock);
        }
        return lock != null;
    }

    /** Null where anybody has any of it: another JVM, or this one, which may have the file open by another path. */
    private @Nullable FileLock tryLock(long position, long size) throws IOException {
        try {
            return channel.tryLock(position, size, false);
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    /** Whether nobody has a name of this file. */
    private boolean isFree() throws IOException {
        FileLock all = tryLock(0, GATE);
        if (all != null) {
            all.release();
        }
        return all != null;
    }

    /** Null where whoever holds the gate does not come out: a stopped process, say. Then nothing is deleted. */
    private @Nullable FileLock passGate() throws IOException {
        long begin = System.nanoTime();
        FileLock gate = tryLock(GATE, 1);
        while (gate == null && System.nanoTime() - begin < GATE_WAIT_NANOS) {
            LockSupport.parkNanos(GATE_PAUSE_NANOS);
            gate = tryLock(GATE, 1);
        }
        return gate;
    }

    private static void leave(@Nullable FileLock gate) throws IOException {
        if (gate != null) {
            gate.release();
        }
    }
}
