// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.attach;

import dev.metalloc.launcher.CommandFailure;
import dev.metalloc.policy.identity.AppIdentity;
import dev.metalloc.policy.identity.ClassPath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process as the kernel shows it: whether it is a JVM that this user may enter, and what it runs. */
public final class RunningProcess {

    private static final Path PROC = Path.of("/proc");
    private static final String ROOT = "root";
    private static final long MOST_END_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final String CLASS_PATH_VARIABLE = "CLASSPATH=";

    private final long processId;
    private final Path entry;

    private RunningProcess(long processId, Path entry) {
        this.processId = processId;
        this.entry = entry;
    }

    /** The process, after the checks that need no JVM: to ask one that is none would end it. */
    public static RunningProcess jvm(long processId) {
        Path entry = PROC.resolve(Long.toString(processId));
        if (!Files.isDirectory(entry)) {
            throw CommandFailure.failed("no process " + processId + " (jps lists the JVMs that run)");
        }
        RunningProcess process = new RunningProcess(processId, entry);
        process.requireOwner();
        process.requireJvm();
        return process;
    }

    private void requireOwner() {
        try {
            String owner = Files.getOwner(entry).getName();
            String user = Files.getOwner(PROC.resolve("self")).getName();
            if (!owner.equals(user) && !user.equals(ROOT)) {
                throw CommandFailure.failed(
                        "process " + processId + " belongs to " + owner + " (run metalloc as that user)");
            }
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** Whose it is, where that is somebody else than who runs this command. */
    public Optional<UserPrincipal> otherOwner() {
        try {
            UserPrincipal owner = Files.getOwner(entry);
            return Optional.of(owner).filter(user -> !user.equals(ownerOfSelf()));
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private static @Nullable UserPrincipal ownerOfSelf() {
        try {
            return Files.getOwner(PROC.resolve("self"));
        } catch (IOException e) {
            return null;
        }
    }

    private void requireJvm() {
        try (Stream<String> mappings = Files.lines(entry.resolve("maps"), StandardCharsets.ISO_8859_1)) {
            if (mappings.noneMatch(mapping -> mapping.endsWith("/libjvm.so"))) {
                throw hasEnded()
                        ? ended(null)
                        : CommandFailure.failed("process " + processId + " is not a JVM (jps lists those that run)");
            }
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private CommandFailure gone(IOException e) {
        return hasEnded()
                ? ended(e)
                : CommandFailure.failed(
                        "cannot look at process " + processId + ": " + e.getMessage() + " (check that it still runs)",
                        e);
    }

    public long processId() {
        return processId;
    }

    /** Whether nothing of it runs any more, though its parent may still have to ask for its exit code. */
    boolean hasEnded() {
        String state;
        try {
            state = Files.readString(entry.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return true;
        }
        int name = state.lastIndexOf(')');
        return state.startsWith(" Z", name + 1) || state.startsWith(" X", name + 1);
    }

    /** The same, for a process whose end may be under way: its connections are gone a little earlier than itself. */
    boolean endsSoon() {
        long end = System.nanoTime() + MOST_END_NANOS;
        while (!hasEnded()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return true;
    }

    CommandFailure ended(@Nullable Exception cause) {
        String message = "process " + processId + " has ended (jps lists the JVMs that run)";
        return cause == null ? CommandFailure.failed(message) : CommandFailure.failed(message, cause);
    }

    /** What it was started with to load classes from. */
    public List<Path> classPath() {
        try {
            String environment = Files.readString(entry.resolve("environ"), StandardCharsets.ISO_8859_1);
            String variable = null;
            for (String assignment : environment.split("\0", -1)) {
                if (assignment.startsWith(CLASS_PATH_VARIABLE)) {
                    variable = assignment.substring(CLASS_PATH_VARIABLE.length());
                }
            }
            return ClassPath.of(words(), workingFolder(), variable);
        } catch (IOException e) {
            throw gone(e);
        }
    }

    /** The name under which what it does is kept. */
    public AppIdentity identity(@Nullable String explicitName) {
        try {
            return AppIdentity.of(explicitName, words(), workingFolder());
        } catch (IOException e) {
            throw gone(e);
        }
    }

    private List<String> words() throws IOException {
        return List.of(Files.readString(entry.resolve("cmdline"), StandardCharsets.UTF_8)
                .split("\0"));
    }

    private Path workingFolder() throws IOException {
        return Files.readSymbolicLink(entry.resolve("cwd"));
    }
}
