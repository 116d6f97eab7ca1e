// Copyright Metalloc contributors. SPDX-License-Identifier: Apache-2.0
package dev.metalloc.launcher.known;

import java.io.File;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How the last runs by one policy ended, from the marks that the agent leaves in a folder: one for each JVM that served, locked while
 * it lives and renamed when it ends in order.
 *
 * <p>Who kills a JVM leaves the same mark as a crash. So a single one counts only where the JVM wrote an error file too, else two of the
 * last three. An application waits for this: it is plain code.
 */
public final class RunHistory {

    private static final int LOOKED_AT = 3;
    private static final int MOST_DIED = 1;

    private static final String DIED = ".died";
    private static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";
    /** By then every mark whose JVM lives is locked. */
    private static final long LOCKED_AFTER_MILLIS = 10_000;

    private final Path folder;
    private final long ownProcessId;

    /** @param ownProcessId the id that the application will have: no other process has it now */
    public RunHistory(Path folder, long ownProcessId) {
        this.folder = folder;
        this.ownProcessId = ownProcessId;
    }

    /**
     * Why the policy is not to be used again, or empty.
     *
     * @param errorFile what the application's command line says of {@code -XX:ErrorFile}, or empty
     */
    public Optional<String> doubt(String errorFile) {
        List<Mark> last = last();
        int died = 0;
        for (Mark mark : last) {
            if (mark.name().endsWith(DIED)) {
                died++;
                Optional<File> report = report(mark, errorFile);
                if (report.isPresent()) {
                    return Optional.of("a run by this policy crashed, see " + report.get() + again());
                }
            }
        }
        return died > MOST_DIED
                ? Optional.of(
                        died + " of the last " + last.size() + " runs by this policy crashed or were killed" + again())
                : Optional.empty();
    }

    private String again() {
        return " (for another policy: metalloc recommend; to try this one again delete " + folder + ")";
    }

    /** A run whose mark is no more that of a living JVM. */
    private record Mark(String name, long processId, long startMillis) implements Comparable<Mark> {

        /** Empty where the name is none of a mark. */
        static Optional<Mark> of(String name) {
            int dash = name.indexOf('-');
            int dot = name.indexOf('.');
            try {
                return Optional.of(new Mark(
                        name,
                        Long.parseLong(name.substring(0, Math.max(dash, 0))),
                        Long.parseLong(name.substring(dash + 1, dot < 0 ? name.length() : dot))));
            } catch (NumberFormatException e) {
                return Optional.empty();
            }
        }

        @Override
        public int compareTo(Mark other) {
            return Long.compare(other.startMillis, startMillis);
        }
    }

    /** The newest marks of runs that are over, newest first; the others are deleted. */
    private List<Mark> last() {
        List<Mark> over = new ArrayList<>();
        String[] names = folder.toFile().list();
        for (String name : names == null ? new String[0] : names) {
            Optional<Mark> mark = Mark.of(name);
            if (mark.isPresent()) {
                Mark found = mark.get();
                if (name.indexOf('.') >= 0) {
                    over.add(found);
                } else if (isOver(found)) {
                    addDied(found, over);
                }
            }
        }
        over.sort(null);
        while (over.size() > LOOKED_AT) {
            delete(over.removeLast().name());
        }
        return over;
    }

    private boolean isOver(Mark mark) {
        boolean isYoung = System.currentTimeMillis() - mark.startMillis() < LOCKED_AFTER_MILLIS;
        if (isYoung && mark.processId() != ownProcessId && new File("/proc/" + mark.processId()).exists()) {
            return false;
        }
        try (RandomAccessFile file = new RandomAccessFile(file(mark.name()), "rw");
                FileLock lock = file.getChannel().tryLock()) {
            return lock != null;
        } catch (IOException | OverlappingFileLockException e) {
            return false; // a file system without locks says nothing
        }
    }

    /** Whoever shuts a machine down, or has its power cut, ends all that runs: such marks say nothing of a policy. */
    private void addDied(Mark mark, List<Mark> over) {
        String bootId = SmallFile.text(BOOT_ID).strip();
        if (!lines(mark.name())[0].equals(bootId)) {
            delete(mark.name());
            return;
        }
        String died = mark.name() + DIED;
        if (file(mark.name()).renameTo(file(died))) {
            over.add(new Mark(died, mark.processId(), mark.startMillis()));
        }
    }

    /** What the JVM wrote about its crash, at one of the places where it does. */
    private Optional<File> report(Mark mark, String errorFile) {
        String[] lines = lines(mark.name());
        String workingFolder = lines.length > 1 ? lines[1] : "";
        String usual = "hs_err_pid" + mark.processId() + ".log";
        String named = errorFile.replace("%p", Long.toString(mark.processId()));
        for (File file : new File[] {
            new File(workingFolder, usual),
            new File(System.getProperty("java.io.tmpdir", "/tmp"), usual),
            named.startsWith("/") ? new File(named) : new File(workingFolder, named)
        }) {
            // An older one is of another process with the same id.
            if (file.isFile() && file.lastModified() >= mark.startMillis()) {
                return Optional.of(file);
            }
        }
        return Optional.empty();
    }

    private String[] lines(String name) {
        return SmallFile.text(file(name).getPath()).split("\n", -1);
    }

    private File file(String name) {
        return new File(folder.toString(), name);
    }

    private void delete(String name) {
        if (!file(name).delete()) {
            return; // another start did
        }
    }
}
